//! Exit codes: 0 clean, 1 findings, 2 usage or tool error, 3 evidence incomplete.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing stands against going live.
    Clean,
    /// Findings at or above the threshold.
    Findings,
    /// The call or the tool failed.
    Error,
    /// Nothing or too little could be assessed.
    Incomplete,
}

impl From<Exit> for ExitCode {
    fn from(it: Exit) -> Self {
        Self::from(match it {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Error => 2,
            Exit::Incomplete => 3,
        })
    }
}
