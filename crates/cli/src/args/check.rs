//! `seatrial check`.

use std::path::PathBuf;

use clap::Args;

use super::{ChoiceArgs, OutputArgs, SeverityArg, SourceArgs};

/// `check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Files, folders, globs, Helm charts, Kustomize roots, dumps, recordings; `-` is standard input; without any the cluster of the current kube
    /// context is read
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Where the snapshot comes from
    #[command(flatten)]
    pub source: SourceArgs,
    /// Which checks are wanted
    #[command(flatten)]
    pub choice: ChoiceArgs,
    /// Only what is new since a git revision counts
    #[arg(long, value_name = "REVISION")]
    pub since: Option<String>,
    /// Findings listed in this file do not count
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write the findings that count as a baseline, and end
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// Count what is suppressed, too
    #[arg(long)]
    pub no_ignores: bool,
    /// Mend what can be mended without changing what runs
    #[arg(long, help_heading = "Fix")]
    pub fix: bool,
    /// Mend what changes behaviour, too
    #[arg(long, requires = "fix", help_heading = "Fix")]
    pub unsafe_fixes: bool,
    /// Print the fixes as a patch and change nothing
    #[arg(long, help_heading = "Fix")]
    pub diff: bool,
    /// Exit with 1 on findings this severe or worse [default: medium]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<SeverityArg>,
    /// Exit with 3 if anything could not be assessed
    #[arg(long)]
    pub strict: bool,
    /// Show every finding in full
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    /// List every row, kind and reason
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,
    /// How the result is written
    #[command(flatten)]
    pub output: OutputArgs,
}
