//! What several verbs choose: checks, severities, colours.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use seatrial_check::{Check, Profile};
use seatrial_report::Severity;

/// Which checks are wanted, and the configuration that adds the team's own rules to them.
#[derive(Args, Debug, Clone, Default)]
pub struct ChoiceArgs {
    /// Which checks are wanted
    #[arg(long, value_enum)]
    pub profile: Option<ProfileArg>,
    /// Only these checks
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Not these checks
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Configuration [default: seatrial.yaml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl ChoiceArgs {
    /// Whether the check is among those that were asked for.
    pub fn takes(&self, check: &Check) -> bool {
        let names = |list: &[String]| list.iter().any(|it| it == check.id);
        (self.only.is_empty() || names(&self.only)) && !names(&self.skip)
    }
}

/// The guide's Test and Production columns, and a stricter taste.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ProfileArg {
    /// Production
    Prod,
    /// A test cluster: what the guide relaxes there is left out
    Test,
    /// Production, and matters of taste
    Pedantic,
}

impl From<ProfileArg> for Profile {
    fn from(it: ProfileArg) -> Self {
        match it {
            ProfileArg::Prod => Self::Prod,
            ProfileArg::Test => Self::Test,
            ProfileArg::Pedantic => Self::Pedantic,
        }
    }
}

/// A severity.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[allow(missing_docs, reason = "named by the report")]
pub enum SeverityArg {
    Error,
    High,
    Medium,
    Low,
}

impl From<SeverityArg> for Severity {
    fn from(it: SeverityArg) -> Self {
        match it {
            SeverityArg::Error => Self::Error,
            SeverityArg::High => Self::High,
            SeverityArg::Medium => Self::Medium,
            SeverityArg::Low => Self::Low,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ColorArg {
    /// Whether a result is coloured that goes to a terminal, or does not.
    pub fn is_wanted(self, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty()),
        }
    }
}
