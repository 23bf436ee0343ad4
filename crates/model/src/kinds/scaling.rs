//! Budgets, autoscalers, quotas and limits.

use jiff::Timestamp;

use crate::int_or_string::IntOrString;
use crate::pod::{Ignored, ResourceList, lean};
use crate::quantity::Quantity;
use crate::selector::{LabelSelector, Requirement};
use crate::text::{Text, TextMap};
use crate::workload::Condition;

lean! {
/// `policy/v1.PodDisruptionBudget`.
pub struct PodDisruptionBudget {
    pub spec: PdbSpec,
    pub status: PdbStatus,
}
pub struct PdbSpec {
    pub selector: Option<LabelSelector>,
    pub min_available: Option<IntOrString>,
    pub max_unavailable: Option<IntOrString>,
    pub unhealthy_pod_eviction_policy: Option<Text>,
}
pub struct PdbStatus {
    pub observed_generation: Option<i64>,
    pub disruptions_allowed: Option<i64>,
    pub current_healthy: Option<i64>,
    pub desired_healthy: Option<i64>,
    pub expected_pods: Option<i64>,
    pub disrupted_pods: TextMap<Timestamp>,
    pub conditions: Vec<Condition>,
}

/// Which object an autoscaler scales.
#[derive(Eq, Hash)]
pub struct ScaleTarget {
    pub api_version: Option<Text>,
    pub kind: Option<Text>,
    pub name: Text,
}

/// `autoscaling/v2.HorizontalPodAutoscaler` (`v1`'s CPU target is read too).
pub struct HorizontalPodAutoscaler {
    pub spec: HpaSpec,
    pub status: HpaStatus,
}
pub struct HpaSpec {
    pub scale_target_ref: ScaleTarget,
    pub min_replicas: Option<i64>,
    pub max_replicas: i64,
    pub metrics: Vec<MetricSpec>,
    #[serde(rename = "targetCPUUtilizationPercentage")]
    pub target_cpu_utilization_percentage: Option<i64>,
    pub behavior: Option<HpaBehavior>,
}
pub struct MetricSpec {
    #[serde(rename = "type")]
    pub kind: Text,
    pub resource: Option<ResourceMetric>,
    pub container_resource: Option<ResourceMetric>,
    pub external: Option<Ignored>,
    pub pods: Option<Ignored>,
    pub object: Option<Ignored>,
}
pub struct ResourceMetric {
    pub name: Text,
    pub container: Option<Text>,
    pub target: MetricTarget,
}
pub struct MetricTarget {
    #[serde(rename = "type")]
    pub kind: Text,
    pub average_utilization: Option<i64>,
    pub average_value: Option<Quantity>,
    pub value: Option<Quantity>,
}
pub struct HpaBehavior {
    pub scale_up: Option<ScalingRules>,
    pub scale_down: Option<ScalingRules>,
}
pub struct ScalingRules {
    pub stabilization_window_seconds: Option<i64>,
    pub select_policy: Option<Text>,
    pub policies: Vec<ScalingPolicy>,
    pub tolerance: Option<Quantity>,
}
pub struct ScalingPolicy {
    #[serde(rename = "type")]
    pub kind: Text,
    pub value: i64,
    pub period_seconds: i64,
}
pub struct HpaStatus {
    pub current_replicas: Option<i64>,
    pub desired_replicas: Option<i64>,
    pub current_metrics: Vec<MetricStatus>,
    #[serde(rename = "currentCPUUtilizationPercentage")]
    pub current_cpu_utilization_percentage: Option<i64>,
    pub conditions: Vec<Condition>,
}
pub struct MetricStatus {
    #[serde(rename = "type")]
    pub kind: Text,
    pub resource: Option<ResourceMetricStatus>,
    pub container_resource: Option<ResourceMetricStatus>,
}
pub struct ResourceMetricStatus {
    pub name: Text,
    pub container: Option<Text>,
    pub current: MetricValue,
}
pub struct MetricValue {
    pub average_utilization: Option<i64>,
    pub average_value: Option<Quantity>,
}

/// `keda.sh/v1alpha1` ScaledObject and ScaledJob.
pub struct ScaledObject {
    pub spec: ScaledObjectSpec,
    pub status: ScaledObjectStatus,
}
pub struct ScaledObjectSpec {
    pub scale_target_ref: ScaleTarget,
    pub job_target_ref: Option<JobTarget>,
    pub min_replica_count: Option<i64>,
    pub idle_replica_count: Option<i64>,
    pub max_replica_count: Option<i64>,
    pub polling_interval: Option<i64>,
    pub cooldown_period: Option<i64>,
    pub fallback: Option<Ignored>,
    pub triggers: Vec<Trigger>,
}
pub struct JobTarget {
    pub template: crate::pod::PodTemplate,
}
pub struct Trigger {
    #[serde(rename = "type")]
    pub kind: Text,
    pub name: Option<Text>,
    pub metric_type: Option<Text>,
    pub metadata: TextMap<Text>,
    pub authentication_ref: Option<AuthenticationRef>,
}
pub struct AuthenticationRef {
    pub name: Text,
    pub kind: Option<Text>,
}
pub struct ScaledObjectStatus {
    pub conditions: Vec<Condition>,
}

/// `keda.sh/v1alpha1` TriggerAuthentication and ClusterTriggerAuthentication.
pub struct TriggerAuthentication {
    pub spec: TriggerAuthenticationSpec,
}
pub struct TriggerAuthenticationSpec {
    pub pod_identity: Option<TriggerPodIdentity>,
    pub secret_target_ref: Vec<SecretTarget>,
}
pub struct TriggerPodIdentity {
    pub provider: Text,
    pub role_arn: Option<Text>,
    pub identity_owner: Option<Text>,
}
pub struct SecretTarget {
    pub parameter: Text,
    pub name: Text,
    pub key: Text,
}

/// `autoscaling.k8s.io/v1.VerticalPodAutoscaler`.
pub struct VerticalPodAutoscaler {
    pub spec: VpaSpec,
}
pub struct VpaSpec {
    pub target_ref: ScaleTarget,
    pub update_policy: Option<VpaUpdatePolicy>,
    pub resource_policy: Option<VpaResourcePolicy>,
}
pub struct VpaResourcePolicy {
    pub container_policies: Vec<VpaContainerPolicy>,
}
pub struct VpaContainerPolicy {
    pub container_name: Option<Text>,
    pub mode: Option<Text>,
    pub controlled_resources: Option<Vec<Text>>,
}
pub struct VpaUpdatePolicy {
    pub update_mode: Option<Text>,
}

/// `v1.ResourceQuota`.
pub struct ResourceQuota {
    pub spec: ResourceQuotaSpec,
    pub status: ResourceQuotaStatus,
}
pub struct ResourceQuotaSpec {
    pub hard: ResourceList,
    pub scopes: Vec<Text>,
    pub scope_selector: Option<ScopeSelector>,
}
pub struct ScopeSelector {
    pub match_expressions: Vec<ScopeRequirement>,
}
pub struct ScopeRequirement {
    pub scope_name: Text,
    pub operator: Text,
    pub values: Vec<Text>,
}
pub struct ResourceQuotaStatus {
    pub hard: ResourceList,
    pub used: ResourceList,
}

/// `v1.LimitRange`.
pub struct LimitRange {
    pub spec: LimitRangeSpec,
}
pub struct LimitRangeSpec {
    pub limits: Vec<LimitRangeItem>,
}
pub struct LimitRangeItem {
    #[serde(rename = "type")]
    pub kind: Text,
    pub default: ResourceList,
    pub default_request: ResourceList,
    pub min: ResourceList,
    pub max: ResourceList,
    pub max_limit_request_ratio: ResourceList,
}

/// `scheduling.k8s.io/v1.PriorityClass`.
pub struct PriorityClass {
    pub value: i64,
    pub global_default: bool,
    pub preemption_policy: Option<Text>,
}

/// `karpenter.sh/v1.NodePool`.
pub struct NodePool {
    pub spec: NodePoolSpec,
}
pub struct NodePoolSpec {
    pub template: NodePoolTemplate,
    pub limits: ResourceList,
    pub disruption: Option<NodePoolDisruption>,
    pub weight: Option<i64>,
}
pub struct NodePoolTemplate {
    pub metadata: crate::pod::TemplateMeta,
    pub spec: NodePoolTemplateSpec,
}
pub struct NodePoolTemplateSpec {
    pub requirements: Vec<Requirement>,
    pub taints: Vec<crate::pod::Taint>,
    pub startup_taints: Vec<crate::pod::Taint>,
    pub expire_after: Option<Text>,
    pub termination_grace_period: Option<Text>,
    pub node_class_ref: Option<NodeClassRef>,
}
pub struct NodeClassRef {
    pub group: Text,
    pub kind: Text,
    pub name: Text,
}
pub struct NodePoolDisruption {
    pub consolidation_policy: Option<Text>,
    pub consolidate_after: Option<Text>,
    pub budgets: Vec<DisruptionBudget>,
}
pub struct DisruptionBudget {
    pub nodes: Option<Text>,
    pub schedule: Option<Text>,
    pub duration: Option<Text>,
    pub reasons: Vec<Text>,
}

/// `karpenter.k8s.aws/v1.EC2NodeClass`.
pub struct Ec2NodeClass {
    pub spec: Ec2NodeClassSpec,
}
pub struct Ec2NodeClassSpec {
    pub ami_family: Option<Text>,
    pub ami_selector_terms: Vec<AmiSelectorTerm>,
    pub metadata_options: Option<MetadataOptions>,
    pub associate_public_ip_address: Option<bool>,
    #[serde(rename = "associatePublicIPAddress")]
    pub associate_public_ip: Option<bool>,
    pub block_device_mappings: Vec<BlockDeviceMapping>,
}
pub struct AmiSelectorTerm {
    pub alias: Option<Text>,
    pub id: Option<Text>,
}
pub struct MetadataOptions {
    pub http_put_response_hop_limit: Option<i64>,
    pub http_tokens: Option<Text>,
    pub http_endpoint: Option<Text>,
}
pub struct BlockDeviceMapping {
    pub ebs: Option<BlockDevice>,
}
pub struct BlockDevice {
    pub encrypted: Option<bool>,
    pub volume_type: Option<Text>,
    pub volume_size: Option<Quantity>,
}
}

impl HorizontalPodAutoscaler {
    /// The least number of replicas (1 unless set).
    pub fn min(&self) -> i64 {
        self.spec.min_replicas.unwrap_or(1)
    }
}

impl ScaledObject {
    /// The least number of replicas while idle (0 unless set).
    pub fn min(&self) -> i64 {
        self.spec.idle_replica_count.or(self.spec.min_replica_count).unwrap_or(0)
    }

    /// The most replicas (100 unless set).
    pub fn max(&self) -> i64 {
        self.spec.max_replica_count.unwrap_or(100)
    }
}
