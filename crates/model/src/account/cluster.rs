//! The cluster as EKS knows it, and what its API server and kubelets count.

use jiff::Timestamp;

use crate::pod::lean;
use crate::text::{Labels, Text};

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
    /// The launch template that the user gave it, and the version of it.
    pub launch_template_id: Option<Text>,
    pub launch_template_version: Option<Text>,
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
/// `eks:DescribeClusterVersions`: one version of Kubernetes.
pub struct ClusterVersion {
    /// `1.35`.
    pub version: Text,
    /// `STANDARD_SUPPORT`, `EXTENDED_SUPPORT` or `UNSUPPORTED`.
    pub status: Text,
    /// Whether a new cluster gets it when it names none.
    pub is_default: bool,
    /// The last day at the standard price, as the moment that it begins (UTC).
    pub end_of_standard_support: Option<Timestamp>,
    /// The last day of support, as the moment that it begins (UTC); afterwards EKS upgrades the control plane by itself.
    pub end_of_extended_support: Option<Timestamp>,
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
