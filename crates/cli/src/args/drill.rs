//! `seatrial drill`.

use clap::{Args, ValueEnum};

use super::{OutputArgs, SourceArgs};

/// `drill`.
#[derive(Args, Debug, Clone)]
#[command(after_help = drills())]
pub struct DrillArgs {
    /// What to rehearse; all that is worth it here without
    #[arg(value_name = "DRILL")]
    pub drill: Option<String>,
    /// What to do it to; for `scale` also the factor, such as x3
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Where the snapshot comes from
    #[command(flatten)]
    pub source: SourceArgs,
    /// Nodes for manifests: zones x nodes in each x instance type, such as 3x3xm6i.xlarge
    #[arg(long, value_name = "SET", help_heading = "Input")]
    pub nodes: Option<String>,
    /// Every target, one after another, each from the state as it is
    #[arg(long, visible_alias = "all")]
    pub each: bool,
    /// The two nodes whose loss hurts most
    #[arg(long)]
    pub worst_pair: bool,
    /// Do it although pods cannot be evicted
    #[arg(long)]
    pub force: bool,
    /// Nodes of a group that are updated at a time, such as 33%
    #[arg(long, value_name = "N")]
    pub max_unavailable: Option<String>,
    /// Seeds to run: ties of the scheduler and the order of evictions differ
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub seeds: u32,
    /// A duration that is assumed, such as pod-start=30 (seconds); may be given several times
    #[arg(long, value_name = "NAME=SECONDS")]
    pub latency: Vec<String>,
    /// Compare two states: what does the change make worse?
    #[arg(long, value_names = ["BEFORE", "AFTER"], num_args = 2, conflicts_with = "against")]
    pub diff: Vec<String>,
    /// Compare with the same paths at a git revision
    #[arg(long, value_name = "REVISION")]
    pub against: Option<String>,
    /// Exit with 1 on a verdict this bad or worse
    #[arg(long, value_enum, value_name = "VERDICT", default_value_t = VerdictArg::Degraded)]
    pub fail_on: VerdictArg,
    /// Show every drill in full, not only the worst
    #[arg(long, help_heading = "Output")]
    pub all_details: bool,
    /// How the result is written
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `--as` has two meanings among the drills: kubectl's, and how a zone's or node's machines are lost.
pub const AS_IN_DRILLS: &str = "How machines are lost: `terminated` (they are gone, and AWS says so) or `partition` (nobody can tell) [default: terminated]; \
    anything else is a user to impersonate";

/// What `drill --help` ends with.
fn drills() -> String {
    let lines = seatrial_drill::all().into_iter().map(|it| format!("\n  {}\n      {}", it.usage, it.title));
    format!("Drills:{}", lines.collect::<String>())
}

/// The verdicts that can fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VerdictArg {
    /// Something has no Ready pod
    Down,
    /// Something does not come to an end
    Stuck,
    /// Something does not return to full strength
    Degraded,
}
