//! The command line as it is typed.

use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use seatrial_check::Profile;
use seatrial_model::Version;
use seatrial_report::Severity;

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
    #[command(mut_arg("as_user", |it| it.value_name("terminated|partition|USER").help(AS_IN_DRILLS)))]
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

/// Where a snapshot comes from; the same for every verb.
#[derive(Args, Debug, Clone, Default)]
pub struct SourceArgs {
    /// Read these files, folders, globs, dumps or recordings; `-` is standard input
    #[arg(long = "from", value_name = "PATH", num_args = 1.., help_heading = "Input")]
    pub from: Vec<String>,
    /// Use the embedded demo: a three-zone EKS shop with typical flaws
    #[arg(long, help_heading = "Input")]
    pub demo: bool,
    /// Values file for Helm charts among the paths
    #[arg(short = 'f', long = "values", value_name = "FILE", help_heading = "Input")]
    pub values: Vec<PathBuf>,
    /// Value for Helm charts among the paths; wins over values files
    #[arg(long = "set", value_name = "KEY=VALUE", help_heading = "Input")]
    pub sets: Vec<String>,
    /// Release name to render Helm charts with [default: the chart's folder]
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub release: Option<String>,
    /// Namespace to render Helm charts for
    #[arg(long, value_name = "NAMESPACE", help_heading = "Input")]
    pub release_namespace: Option<String>,
    /// Kubernetes version to judge for
    #[arg(long, value_name = "VERSION", help_heading = "Input")]
    pub target_version: Option<Version>,
    /// Only findings on objects in this namespace; where you may not list the whole cluster, only it is read
    #[arg(short = 'n', long, value_name = "NAMESPACE", help_heading = "Input")]
    pub namespace: Option<String>,
    /// Every namespace, which is the default
    #[arg(short = 'A', long, conflicts_with = "namespace", help_heading = "Input")]
    pub all_namespaces: bool,
    /// Read the cluster of this kubeconfig context [default: the current one]
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub context: Option<String>,
    /// Kubeconfig [default: $KUBECONFIG, ~/.kube/config, or the pod's service account]
    #[arg(long, value_name = "FILE", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,
    /// User to impersonate
    #[arg(long = "as", value_name = "USER", help_heading = "Cluster")]
    pub as_user: Option<String>,
    /// Group to impersonate; may be given several times
    #[arg(long = "as-group", value_name = "GROUP", requires = "as_user", help_heading = "Cluster")]
    pub as_groups: Vec<String>,
    /// Profile of the AWS configuration [default: the kubeconfig's, then the environment's]
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub aws_profile: Option<String>,
    /// Region of the cluster [default: the kubeconfig's, then the nodes']
    #[arg(long, value_name = "REGION", help_heading = "Cluster")]
    pub region: Option<String>,
    /// Name of the cluster in EKS [default: the kubeconfig's]
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub cluster_name: Option<String>,
    /// Leave the AWS account alone
    #[arg(long, conflicts_with_all = ["aws_profile", "region", "cluster_name"], help_heading = "Cluster")]
    pub no_aws: bool,
}

impl SourceArgs {
    /// The first flag that only makes sense for a running cluster, if one was given.
    pub fn cluster_flag(&self) -> Option<&'static str> {
        let given = [
            ("--context", self.context.is_some()),
            ("--kubeconfig", self.kubeconfig.is_some()),
            ("--as", self.as_user.is_some()),
            ("--aws-profile", self.aws_profile.is_some()),
            ("--region", self.region.is_some()),
            ("--cluster-name", self.cluster_name.is_some()),
            ("--no-aws", self.no_aws),
        ];
        given.into_iter().find(|it| it.1).map(|it| it.0)
    }
}

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
    /// Output format; may be given several times, each followed by its --output
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub format: Vec<String>,
    /// File for the format before it; standard output without
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub output: Vec<PathBuf>,
    /// Show every finding in full
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    /// List every row, kind and reason
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = ColorArg::Auto, help_heading = "Output")]
    pub color: ColorArg,
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

/// `record`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  seatrial record -o prod.trial cluster.json        what `kubectl get ... -A -o json` wrote
  seatrial record -o shop.trial charts/shop -f values-prod.yaml
  seatrial check prod.trial                         the report that the inputs would have given
  seatrial record -o - deploy/ | seatrial check -

A recording holds typed objects, AWS facts, what was not read, and the places of findings; no text of your files, and of secrets only
keys and lengths. Its lines are JSON: zstd -dc prod.trial")]
pub struct RecordArgs {
    /// Files, folders, globs, Helm charts, Kustomize roots, dumps, recordings; `-` is standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Where the snapshot comes from
    #[command(flatten)]
    pub source: SourceArgs,
    /// File to write; `-` is standard output
    #[arg(short = 'o', long = "output", value_name = "FILE", required = true)]
    pub output: PathBuf,
    /// Overwrite the file
    #[arg(long)]
    pub force: bool,
    /// Configuration [default: seatrial.yaml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

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
    /// Output format (human, json, sarif, junit, html, markdown); may be given several times, each followed by its --output
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub format: Vec<String>,
    /// File for the format before it; standard output without
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub output: Vec<PathBuf>,
    /// Show every drill in full, not only the worst
    #[arg(long, help_heading = "Output")]
    pub all_details: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = ColorArg::Auto, help_heading = "Output")]
    pub color: ColorArg,
}

/// `diff`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  seatrial diff monday.trial today.trial
  seatrial diff prod.trial deploy/ --format markdown -o changes.md

Pods are compared by what owns them, nodes by their group; events, heartbeats and the like are only counted. What was not read on one
side is said, and nothing in it counts as added or removed. Exit code 0: no difference, 1: a difference, 3: something could not be read.")]
pub struct DiffArgs {
    /// The earlier one: a recording, dump, file, folder, Helm chart or Kustomize root; `-` is standard input
    #[arg(value_name = "BEFORE")]
    pub before: String,
    /// The later one
    #[arg(value_name = "AFTER")]
    pub after: String,
    /// Values file for Helm charts
    #[arg(short = 'f', long = "values", value_name = "FILE", help_heading = "Input")]
    pub values: Vec<PathBuf>,
    /// Value for Helm charts; wins over values files
    #[arg(long = "set", value_name = "KEY=VALUE", help_heading = "Input")]
    pub sets: Vec<String>,
    /// Kubernetes version to judge for
    #[arg(long, value_name = "VERSION", help_heading = "Input")]
    pub target_version: Option<Version>,
    /// Which checks are wanted
    #[arg(long, value_enum)]
    pub profile: Option<ProfileArg>,
    /// Configuration [default: seatrial.yaml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Output format: human, json or markdown
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    pub format: String,
    /// File for the result; standard output without
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Show every change in full
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = ColorArg::Auto, help_heading = "Output")]
    pub color: ColorArg,
}

/// `--as` has two meanings among the drills: kubectl's, and how a zone's or node's machines are lost.
const AS_IN_DRILLS: &str = "How machines are lost: `terminated` (they are gone, and AWS says so) or `partition` (nobody can tell) [default: terminated]; \
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

/// `permissions`.
#[cfg(feature = "live")]
#[derive(Args, Debug)]
pub struct PermissionsArgs {
    /// For which verb
    #[arg(value_enum, default_value_t = VerbArg::Check)]
    pub verb: VerbArg,
    /// Only the IAM policy, as JSON
    #[arg(long, conflicts_with = "rbac", help_heading = "Output")]
    pub iam: bool,
    /// Only the ClusterRole, as YAML
    #[arg(long, help_heading = "Output")]
    pub rbac: bool,
    /// Which checks are wanted
    #[arg(long, value_enum)]
    pub profile: Option<ProfileArg>,
    /// Only these checks
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Not these checks
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Region of the cluster
    #[arg(long, value_name = "REGION", help_heading = "Cluster")]
    pub region: Option<String>,
    /// Account, twelve digits
    #[arg(long, value_name = "ACCOUNT", help_heading = "Cluster")]
    pub account: Option<String>,
    /// Name of the cluster in EKS
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub cluster_name: Option<String>,
}

/// A verb that reads a cluster.
#[cfg(feature = "live")]
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum VerbArg {
    /// What the chosen checks need
    Check,
    /// Everything that a recording holds
    Record,
}

#[cfg(feature = "live")]
impl VerbArg {
    /// As it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Record => "record",
        }
    }
}

/// `explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// Id of a check; all of them are listed without
    pub id: Option<String>,
    /// Configuration with the team's own rules [default: seatrial.yaml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// `human` or `json`
    #[arg(long, default_value = "human")]
    pub format: String,
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
