//! Where a snapshot comes from.

use std::path::PathBuf;

use clap::Args;
use seatrial_model::Version;

/// Where a snapshot comes from; the same for every verb.
#[derive(Args, Debug, Clone, Default)]
pub struct SourceArgs {
    /// Read these files, folders, globs, dumps or recordings; `-` is standard input
    #[arg(long = "from", value_name = "PATH", num_args = 1.., help_heading = "Input")]
    pub from: Vec<String>,
    /// Use the embedded demo: a three-zone EKS shop with typical flaws
    #[arg(long, help_heading = "Input")]
    pub demo: bool,
    /// How what is named is rendered and read
    #[command(flatten)]
    pub render: RenderArgs,
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

/// How charts are rendered and objects are read; the same for every verb.
#[derive(Args, Debug, Clone, Default)]
pub struct RenderArgs {
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
}
