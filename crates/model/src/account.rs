//! The AWS account's facts around one cluster. Every list is `Known`: an unread one cannot be mistaken for an empty one.

mod cluster;
mod identity;
mod images;
mod network;
mod observability;
mod storage;
mod traffic;

use serde::{Deserialize, Serialize};

use crate::gap::{Gap, Known};
use crate::need::Need;
use crate::text::Text;

pub use cluster::{
    AccessEntry, AccessPolicy, Addon, ClusterVersion, DeprecatedCall, EksCluster, EksUpdate, Insight, NodeGroup, PodIdentityAssociation, VolumeUsage,
};
pub use identity::{ManagedSecret, PolicyCondition, Role, Statement};
pub use images::{Image, Repository};
pub use network::{Address, AutoScalingGroup, Instance, LaunchTemplate, NatGateway, OpenPorts, Quota, SecurityGroup, Subnet, TemplateDisk, VpcEndpoint};
pub use observability::{Alarm, LogGroup, Queue};
pub use storage::{BackupPlan, EbsSnapshot, Volume};
pub use traffic::{Certificate, HealthCheck, LbListener, LoadBalancer};

macro_rules! account {
    ($($(#[$m:meta])* $field:ident : $ty:ty = $need:ident),* $(,)?) => {
        /// What was read of the AWS account. A field's type is `Known`; its gap says what was not read.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct Account { $($(#[$m])* #[serde(with = "plain")] pub $field: Known<$ty>),* }

        impl Account {
            /// Every fact: its field, and what it takes to have read it.
            pub const FACTS: &[(&str, Need)] = &[$((stringify!($field), Need::$need)),*];

            /// An account of which nothing was read.
            pub fn unread(why: &str, remedy: &str) -> Self {
                Self { $($field: Known::No(Gap { what: Need::$need.name().to_owned(), why: why.to_owned(), remedy: remedy.to_owned() })),* }
            }

            /// The gap in the place of a fact, if it was not read.
            pub fn gap(&self, need: Need) -> Option<&Gap> {
                match need {
                    $(Need::$need => self.$field.as_ref().err(),)*
                    _ => None,
                }
            }

            /// Puts a gap in the place of a fact.
            pub fn forget(&mut self, need: Need, gap: Gap) {
                match need {
                    $(Need::$need => self.$field = Known::No(gap),)*
                    _ => {}
                }
            }
        }
    };
}

account! {
    /// The cluster itself.
    eks_cluster: EksCluster = AwsEksCluster,
    /// Managed node groups.
    node_groups: Vec<NodeGroup> = AwsNodeGroups,
    /// EKS add-ons.
    addons: Vec<Addon> = AwsAddons,
    /// Access entries.
    access_entries: Vec<AccessEntry> = AwsAccessEntries,
    /// Pod Identity associations.
    pod_identity_associations: Vec<PodIdentityAssociation> = AwsPodIdentity,
    /// EKS upgrade insights.
    insights: Vec<Insight> = AwsInsights,
    /// EC2 instances that are nodes.
    instances: Vec<Instance> = AwsInstances,
    /// Subnets of the cluster and its nodes.
    subnets: Vec<Subnet> = AwsSubnets,
    /// NAT gateways of the VPC.
    nat_gateways: Vec<NatGateway> = AwsNatGateways,
    /// VPC endpoints.
    vpc_endpoints: Vec<VpcEndpoint> = AwsVpcEndpoints,
    /// EBS volumes behind persistent volumes.
    volumes: Vec<Volume> = AwsVolumes,
    /// EBS snapshots of those volumes.
    snapshots: Vec<EbsSnapshot> = AwsSnapshots,
    /// Backup coverage: AWS Backup plans and Data Lifecycle Manager policies.
    backup_plans: Vec<BackupPlan> = AwsBackup,
    /// Auto Scaling groups behind the node groups.
    auto_scaling_groups: Vec<AutoScalingGroup> = AwsAutoScaling,
    /// Load balancers of the cluster.
    load_balancers: Vec<LoadBalancer> = AwsLoadBalancers,
    /// ACM certificates.
    certificates: Vec<Certificate> = AwsCertificates,
    /// ECR repositories.
    repositories: Vec<Repository> = AwsRepositories,
    /// Registry-wide replication: destination regions.
    registry_replication: Vec<Text> = AwsRegistry,
    /// IAM roles in reach of the cluster.
    roles: Vec<Role> = AwsRoles,
    /// CloudWatch alarms.
    alarms: Vec<Alarm> = AwsAlarms,
    /// CloudWatch dashboards, by name.
    dashboards: Vec<Text> = AwsDashboards,
    /// Log groups.
    log_groups: Vec<LogGroup> = AwsLogGroups,
    /// Secrets Manager metadata.
    secrets: Vec<ManagedSecret> = AwsSecrets,
    /// SQS queues that workloads or scalers name.
    queues: Vec<Queue> = AwsQueues,
    /// Route 53 health checks.
    health_checks: Vec<HealthCheck> = AwsHealthChecks,
    /// GuardDuty detectors' features that are enabled (`EKS_AUDIT_LOGS`, `RUNTIME_MONITORING`, ...).
    guardduty_features: Vec<Text> = AwsGuardDuty,
    /// Updates of the cluster: versions, endpoints, logging.
    eks_updates: Vec<EksUpdate> = AwsUpdates,
    /// Security groups of the control plane and of the nodes.
    security_groups: Vec<SecurityGroup> = AwsSecurityGroups,
    /// Quotas that limit how many nodes there can be.
    quotas: Vec<Quota> = AwsQuotas,
    /// Versions of Kubernetes that EKS knows, and until when it supports each.
    cluster_versions: Vec<ClusterVersion> = AwsClusterVersions,
    /// Elastic IP addresses that the cluster uses, that are tagged as its, or that its Services name.
    addresses: Vec<Address> = AwsAddresses,
    /// What each managed node group starts its next node from.
    launch_templates: Vec<LaunchTemplate> = AwsLaunchTemplates,
    /// Metrics of Container Insights that CloudWatch got of the cluster within the last three hours, by name.
    container_insights: Vec<Text> = AwsContainerInsights,
    /// What the API server counted of requests to deprecated APIs.
    deprecated_calls: Vec<DeprecatedCall> = DeprecatedCalls,
    /// How full the kubelets say that claims are.
    volume_usage: Vec<VolumeUsage> = VolumeUsage,
}

impl Default for Account {
    fn default() -> Self {
        Self::unread("no AWS account was read", "run `seatrial check` against the live cluster with AWS credentials")
    }
}

/// In documents a known fact is written plainly, a gap as `null`.
mod plain {
    use super::{Gap, Known};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(it: &Known<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match it {
            Known::Yes(it) => it.serialize(serializer),
            Known::No(gap) => serializer.collect_map([("gap", gap)]),
        }
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Known<T>, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written<T> {
            Gap { gap: Gap },
            Fact(T),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Gap { gap } => Known::No(gap),
            Written::Fact(it) => Known::Yes(it),
        })
    }
}
