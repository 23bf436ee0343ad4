//! The command line as it is typed: a file for each verb.

mod check;
mod choice;
mod diff;
mod drill;
mod explain;
mod output;
#[cfg(feature = "live")]
mod permissions;
mod record;
mod source;

use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory, Parser, Subcommand, ValueEnum};

pub use check::CheckArgs;
pub use choice::{ChoiceArgs, ColorArg, ProfileArg, SeverityArg};
pub use diff::DiffArgs;
pub use drill::{DrillArgs, VerdictArg};
pub use explain::ExplainArgs;
pub use output::OutputArgs;
#[cfg(feature = "live")]
pub use permissions::{PermissionsArgs, VerbArg};
pub use record::RecordArgs;
pub use source::{RenderArgs, SourceArgs};

/// Gets an Amazon EKS cluster and its applications ready for production, and keeps them so.
#[derive(Parser, Debug)]
#[command(name = "seatrial", version, max_term_width = 110, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Judge every row of the readiness checklist and each pitfall
    Check(Box<CheckArgs>),
    /// Write a cluster, a dump or manifests into one file, without values of secrets; every verb reads it
    Record(Box<RecordArgs>),
    /// Rehearse failures, drains, rollouts and growth on a faithful simulation
    #[command(mut_arg("as_user", |it| it.value_name("terminated|partition|USER").help(drill::AS_IN_DRILLS)))]
    Drill(Box<DrillArgs>),
    /// Show what changed between two recordings, dumps or folders: verdicts, findings, objects, AWS facts
    Diff(Box<DiffArgs>),
    /// Print the IAM policy and the ClusterRole that a verb needs, and nothing more
    #[cfg(feature = "live")]
    Permissions(PermissionsArgs),
    /// Show the card of a check: why, how to verify by hand, how to fix, sources
    Explain(ExplainArgs),
    /// Try the team's own rules on their examples
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Print the JSON Schema of the configuration or of what the JSON formats write, for editors and programs
    Schema {
        /// Which one
        #[arg(value_enum)]
        of: SchemaOf,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

/// `rules`.
#[derive(Subcommand, Debug)]
pub enum RulesCommand {
    /// Run each rule on its bad and its good example
    Test {
        /// Configuration [default: seatrial.yaml in the current folder]
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// What has a schema.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SchemaOf {
    /// `seatrial.yaml`
    Config,
    /// What `check --format json` writes
    Report,
    /// What `diff --format json` writes
    Diff,
    /// What `drill --format json` writes
    Drill,
}

/// Parses the command line; as `kubectl seatrial` when called as a kubectl plugin.
pub fn matches() -> ArgMatches {
    command().get_matches()
}

/// The command, named as it was called.
pub fn command() -> clap::Command {
    let plugin = std::env::args_os().next().is_some_and(|it| {
        let name = PathBuf::from(it);
        name.file_name().is_some_and(|it| it.to_string_lossy().starts_with("kubectl-"))
    });
    let command = Cli::command();
    if plugin { command.bin_name("kubectl seatrial") } else { command }
}
