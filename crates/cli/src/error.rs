//! What ends a run early, each with the way out.

use std::error::Error as _;
use std::path::PathBuf;

use crate::exit::Exit;

/// An error names the operation that failed and its subject; the cause is its source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path that was named does not exist or cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// An output file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is nothing to look at.
    #[error("nothing to check: no path was given, and this build reads no clusters")]
    #[cfg_attr(feature = "live", expect(dead_code, reason = "with clusters at hand there is always something to read"))]
    NoInput,
    /// The cluster cannot be read at all.
    #[cfg(feature = "live")]
    #[error(transparent)]
    Live(#[from] seatrial_collect::Error),
    /// The call contradicts itself.
    #[error("{0}")]
    Usage(String),
    /// The call names something that is not there.
    #[error("{message}")]
    Refused {
        /// What is wrong.
        message: String,
        /// The way out.
        help: String,
    },
    /// The inputs do not tell enough for an answer.
    #[error("{message}")]
    Unanswerable {
        /// What is missing.
        message: String,
        /// The way out.
        help: String,
    },
    /// An id that no check has.
    #[error("no check is called `{0}`{1}")]
    NoSuchCheck(String, String),
    /// There are no rules of the team's own.
    #[error("the configuration has no rules to test")]
    NoRules,
    /// A configuration file is wrong.
    #[error("{place}: {message}")]
    Config {
        /// file:line:column.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A program that was called failed.
    #[error("`{command}` failed: {message}")]
    Command {
        /// The command line.
        command: String,
        /// What it said.
        message: String,
    },
    /// Standard output.
    #[error("cannot write the result")]
    Output(#[source] std::io::Error),
}

impl Error {
    /// The next action.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::NoInput => "name files or folders (`seatrial check deploy/`), a dump (`kubectl get all,pdb,netpol,ingress -A -o json > dump.json`), or try `seatrial check --demo`".to_owned(),
            #[cfg(feature = "live")]
            Self::Live(it) => it.help(),
            Self::NoSuchCheck(..) => "`seatrial explain` lists every check".to_owned(),
            Self::Read { .. } => "check the spelling and the permissions of the path".to_owned(),
            Self::Write { .. } => "check that the folder exists and can be written to".to_owned(),
            Self::NoRules => "write some under `rules:` in seatrial.yaml (docs/rules.md), or name the file with --config".to_owned(),
            Self::Config { .. } => "`seatrial schema config` prints every setting, and docs/rules.md explains rules".to_owned(),
            Self::Refused { help, .. } | Self::Unanswerable { help, .. } => help.clone(),
            Self::Command { .. } | Self::Usage(_) | Self::Output(_) => return None,
        })
    }

    /// How the run ends: what cannot be answered is no error of the call.
    pub fn exit(&self) -> Exit {
        if matches!(self, Self::Unanswerable { .. }) { Exit::Incomplete } else { Exit::Error }
    }

    /// Whether the reader of a pipe went away, which is success.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(it) if it.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// `error:`, the chain of causes and the way out.
    pub fn print(&self) {
        anstream::eprintln!("error: {self}");
        let mut cause = self.source();
        while let Some(it) = cause {
            anstream::eprintln!("  caused by: {it}");
            cause = it.source();
        }
        if let Some(help) = self.help() {
            anstream::eprintln!("  help: {help}");
        }
    }
}
