//! `seatrial permissions`.

use clap::{Args, ValueEnum};

use super::ChoiceArgs;

/// `permissions`.
#[derive(Args, Debug)]
pub struct PermissionsArgs {
    /// For which verb
    #[arg(value_enum, default_value_t = VerbArg::Check)]
    pub verb: VerbArg,
    /// A recording or dump of the cluster: its roles, policies, repositories, queues, secrets and log groups are then named one by one
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Only the IAM policy, as JSON
    #[arg(long, conflicts_with = "rbac", help_heading = "Output")]
    pub iam: bool,
    /// Only the ClusterRole, as YAML
    #[arg(long, help_heading = "Output")]
    pub rbac: bool,
    /// Which checks are wanted
    #[command(flatten)]
    pub choice: ChoiceArgs,
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
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum VerbArg {
    /// What the chosen checks need
    Check,
    /// Everything that a recording holds
    Record,
}

impl VerbArg {
    /// As it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Record => "record",
        }
    }
}
