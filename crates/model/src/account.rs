//! The AWS account's facts around one cluster. Every list is `Known`: an unread one cannot be mistaken for an empty one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::gap::{Gap, Known};
use crate::need::Need;
use crate::pod::lean;
use crate::text::{Labels, Text};

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

lean! {
/// `eks:DescribeCluster`.
pub struct EksCluster {
    pub name: Text,
    pub arn: Text,
    pub version: Text,
    pub platform_version: Option<Text>,
    pub status: Text,
    pub endpoint_public_access: bool,
    pub endpoint_private_access: bool,
    pub public_access_cidrs: Vec<Text>,
    pub subnet_ids: Vec<Text>,
    pub vpc_id: Option<Text>,
    /// Control plane log types that are on (`api`, `audit`, `authenticator`, `controllerManager`, `scheduler`).
    pub logging: Vec<Text>,
    /// `API`, `API_AND_CONFIG_MAP`, `CONFIG_MAP`.
    pub authentication_mode: Option<Text>,
    /// `STANDARD` or `EXTENDED`.
    pub support_type: Option<Text>,
    pub deletion_protection: Option<bool>,
    /// The group that EKS made for control plane and nodes, and those that the user added.
    pub security_groups: Vec<Text>,
    pub encryption_key_arn: Option<Text>,
    pub oidc_issuer: Option<Text>,
    pub auto_mode: bool,
    pub zonal_shift: Option<bool>,
    pub tags: Labels,
}
/// `eks:DescribeNodegroup`.
pub struct NodeGroup {
    pub name: Text,
    pub status: Text,
    pub version: Text,
    /// `ON_DEMAND`, `SPOT`, `CAPACITY_BLOCK`.
    pub capacity_type: Text,
    pub instance_types: Vec<Text>,
    pub ami_type: Option<Text>,
    pub release_version: Option<Text>,
    pub min_size: i64,
    pub max_size: i64,
    pub desired_size: i64,
    pub subnets: Vec<Text>,
    pub labels: Labels,
    pub taints: Vec<crate::pod::Taint>,
    pub max_unavailable: Option<i64>,
    pub max_unavailable_percentage: Option<i64>,
    pub auto_scaling_groups: Vec<Text>,
    pub node_role: Option<Text>,
    pub health_issues: Vec<Text>,
    pub node_repair: Option<bool>,
}
/// `eks:DescribeAddon`.
pub struct Addon {
    pub name: Text,
    pub version: Text,
    pub status: Text,
    pub health_issues: Vec<Text>,
    pub service_account_role_arn: Option<Text>,
    pub pod_identity_associations: Vec<Text>,
    pub configuration: Option<Text>,
}
/// `eks:DescribeAccessEntry` with its policies.
pub struct AccessEntry {
    pub principal_arn: Text,
    pub kind: Option<Text>,
    pub username: Option<Text>,
    pub groups: Vec<Text>,
    pub policies: Vec<AccessPolicy>,
}
pub struct AccessPolicy {
    pub policy_arn: Text,
    /// `cluster` or `namespace`.
    pub scope: Text,
    pub namespaces: Vec<Text>,
}
/// `eks:DescribePodIdentityAssociation`.
pub struct PodIdentityAssociation {
    pub namespace: Text,
    pub service_account: Text,
    pub role_arn: Text,
    pub target_role_arn: Option<Text>,
    pub association_id: Option<Text>,
    pub disable_session_tags: Option<bool>,
}
/// `eks:DescribeInsight`.
pub struct Insight {
    pub name: Text,
    pub category: Text,
    pub kubernetes_version: Option<Text>,
    /// `PASSING`, `WARNING`, `ERROR`, `UNKNOWN`.
    pub status: Text,
    pub reason: Option<Text>,
    pub resources: Vec<Text>,
}
/// `ec2:DescribeInstances`.
pub struct Instance {
    pub id: Text,
    pub instance_type: Text,
    pub zone: Text,
    pub subnet_id: Text,
    pub private_ip: Option<Text>,
    pub public_ip: Option<Text>,
    /// `spot` or absent.
    pub lifecycle: Option<Text>,
    pub http_tokens: Option<Text>,
    pub http_put_response_hop_limit: Option<i64>,
    pub instance_profile_arn: Option<Text>,
    pub security_groups: Vec<Text>,
    pub tags: Labels,
}
/// `ec2:DescribeSubnets`, with the route that makes it public.
pub struct Subnet {
    pub id: Text,
    pub zone: Text,
    pub cidr: Text,
    pub free_ips: i64,
    pub map_public_ip_on_launch: bool,
    /// Whether its route table leads to an internet gateway.
    pub public: Option<bool>,
    pub tags: Labels,
}
/// `ec2:DescribeNatGateways`.
pub struct NatGateway {
    pub id: Text,
    pub subnet_id: Option<Text>,
    pub zone: Option<Text>,
    pub state: Text,
    pub regional: bool,
}
/// `ec2:DescribeVpcEndpoints`.
pub struct VpcEndpoint {
    pub id: Text,
    pub service_name: Text,
    pub kind: Text,
    pub state: Text,
    pub subnet_ids: Vec<Text>,
}
/// `ec2:DescribeVolumes`.
pub struct Volume {
    pub id: Text,
    pub volume_type: Text,
    pub size_gib: i64,
    pub iops: Option<i64>,
    pub throughput: Option<i64>,
    pub zone: Text,
    pub encrypted: bool,
    pub state: Text,
    pub tags: Labels,
}
/// `ec2:DescribeSnapshots`.
pub struct EbsSnapshot {
    pub id: Text,
    pub volume_id: Text,
    pub start_time: Option<Timestamp>,
    pub state: Text,
    pub encrypted: bool,
}
/// An AWS Backup plan or a Data Lifecycle Manager policy, and the volumes it covers.
pub struct BackupPlan {
    pub name: Text,
    /// `backup` or `dlm`.
    pub service: Text,
    pub enabled: bool,
    pub schedule: Option<Text>,
    pub interval_hours: Option<i64>,
    pub retain_days: Option<i64>,
    pub volume_ids: Vec<Text>,
    pub target_tags: Labels,
    pub copies_to_region: Option<Text>,
}
/// `autoscaling:DescribeAutoScalingGroups`.
pub struct AutoScalingGroup {
    pub name: Text,
    pub min_size: i64,
    pub max_size: i64,
    pub desired_capacity: i64,
    pub zones: Vec<Text>,
    pub tags: Labels,
    pub suspended_processes: Vec<Text>,
}
/// `elasticloadbalancing:DescribeLoadBalancers` with listeners and rules.
pub struct LoadBalancer {
    pub name: Text,
    pub arn: Text,
    pub dns_name: Text,
    /// `application`, `network`, `gateway`.
    pub kind: Text,
    /// `internet-facing` or `internal`.
    pub scheme: Text,
    pub zones: Vec<Text>,
    pub listeners: Vec<LbListener>,
    pub tags: Labels,
    pub unhealthy_targets: Option<i64>,
    pub healthy_targets: Option<i64>,
}
pub struct LbListener {
    pub port: i64,
    pub protocol: Text,
    pub ssl_policy: Option<Text>,
    pub certificate_arns: Vec<Text>,
    /// Whether every default action redirects to HTTPS.
    pub redirects_to_https: bool,
}
/// `acm:DescribeCertificate`.
pub struct Certificate {
    pub arn: Text,
    pub domain: Text,
    pub status: Text,
    pub not_after: Option<Timestamp>,
    pub renewal_eligible: Option<bool>,
}
/// `ecr:DescribeRepositories` with lifecycle policy and findings of the images in use.
pub struct Repository {
    pub name: Text,
    pub uri: Text,
    pub scan_on_push: bool,
    /// `IMMUTABLE` or `MUTABLE`.
    pub tag_mutability: Text,
    pub has_lifecycle_policy: Option<bool>,
    pub images: Vec<Image>,
}
pub struct Image {
    pub digest: Text,
    pub tags: Vec<Text>,
    pub pushed_at: Option<Timestamp>,
    pub critical: Option<i64>,
    pub high: Option<i64>,
    pub scanned_at: Option<Timestamp>,
}
/// `iam:GetRole` with every policy's statements.
pub struct Role {
    pub name: Text,
    pub arn: Text,
    pub trust: Vec<Statement>,
    pub statements: Vec<Statement>,
    /// ARNs of attached managed policies.
    pub managed_policies: Vec<Text>,
}
/// An IAM policy statement.
pub struct Statement {
    pub sid: Option<Text>,
    pub effect: Text,
    pub actions: Vec<Text>,
    pub not_actions: Vec<Text>,
    pub resources: Vec<Text>,
    pub principals: Vec<Text>,
    pub conditioned: bool,
    /// Which policy it stands in.
    pub policy: Option<Text>,
}
/// `cloudwatch:DescribeAlarms`.
pub struct Alarm {
    pub name: Text,
    pub namespace: Option<Text>,
    pub metric: Option<Text>,
    pub dimensions: Labels,
    pub state: Text,
    pub actions: Vec<Text>,
    pub actions_enabled: bool,
}
/// `logs:DescribeLogGroups`.
pub struct LogGroup {
    pub name: Text,
    pub retention_days: Option<i64>,
    pub stored_bytes: i64,
    pub class: Option<Text>,
    pub last_event: Option<Timestamp>,
}
/// `secretsmanager:ListSecrets`: metadata only.
pub struct ManagedSecret {
    pub name: Text,
    pub arn: Text,
    pub rotation_enabled: bool,
    pub last_rotated: Option<Timestamp>,
    pub last_changed: Option<Timestamp>,
    pub replica_regions: Vec<Text>,
    pub kms_key: Option<Text>,
}
/// `sqs:GetQueueAttributes`.
pub struct Queue {
    pub url: Text,
    pub arn: Text,
    pub visibility_timeout: i64,
    pub dead_letter_arn: Option<Text>,
    pub max_receive_count: Option<i64>,
    pub kms_key: Option<Text>,
    pub retention_seconds: Option<i64>,
}
/// `route53:ListHealthChecks`.
pub struct HealthCheck {
    pub id: Text,
    pub target: Text,
}
/// `eks:DescribeUpdate`.
pub struct EksUpdate {
    pub id: Text,
    /// `VersionUpdate`, `LoggingUpdate`, ...
    pub kind: Text,
    /// `InProgress`, `Failed`, `Cancelled`, `Successful`.
    pub status: Text,
    pub created_at: Option<Timestamp>,
    pub errors: Vec<Text>,
}
/// `ec2:DescribeSecurityGroups`.
pub struct SecurityGroup {
    pub id: Text,
    pub name: Text,
    /// What is let in from every address.
    pub open: Vec<OpenPorts>,
}
pub struct OpenPorts {
    /// `tcp`, `udp`, `icmp`, or `-1` for all.
    pub protocol: Text,
    /// First and last port; absent where the protocol has none or all are meant.
    pub from_port: Option<i64>,
    pub to_port: Option<i64>,
    /// `0.0.0.0/0` or `::/0`.
    pub cidr: Text,
}
/// `servicequotas:GetServiceQuota`.
pub struct Quota {
    /// `L-1216C47A` (vCPUs of on-demand instances of the standard families), `L-34B43A08` (of spot instances).
    pub code: Text,
    pub name: Text,
    pub value: i64,
}
/// `apiserver_requested_deprecated_apis`.
pub struct DeprecatedCall {
    pub group: Text,
    pub version: Text,
    pub resource: Text,
    /// The release that no longer serves it, such as `1.32`.
    pub removed_release: Option<Text>,
    /// Who called, when the audit log tells.
    pub user_agent: Option<Text>,
}
/// `kubelet_volume_stats_used_bytes` and `_capacity_bytes` of a claim.
pub struct VolumeUsage {
    pub namespace: Text,
    pub claim: Text,
    pub used_bytes: i64,
    pub capacity_bytes: i64,
}
}
