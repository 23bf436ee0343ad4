//! Delivery and monitoring: Argo CD, Flux, Prometheus operator, AWS Controllers for Kubernetes.

use crate::int_or_string::IntOrString;
use crate::pod::lean;
use crate::selector::LabelSelector;
use crate::text::{Labels, Text};

lean! {
/// `argoproj.io` Application and ApplicationSet, Flux Kustomization, HelmRelease and GitRepository: that they deliver, and what.
pub struct Delivery {
    pub spec: DeliverySpec,
}
pub struct DeliverySpec {
    pub destination: Option<Destination>,
    pub target_namespace: Option<Text>,
    pub source: Option<DeliverySource>,
    pub path: Option<Text>,
    pub suspend: Option<bool>,
    pub sync_policy: Option<SyncPolicy>,
}
pub struct Destination {
    pub namespace: Option<Text>,
    pub server: Option<Text>,
    pub name: Option<Text>,
}
pub struct DeliverySource {
    #[serde(rename = "repoURL")]
    pub repo_url: Option<Text>,
    pub path: Option<Text>,
    pub target_revision: Option<Text>,
    pub chart: Option<Text>,
}
pub struct SyncPolicy {
    pub automated: Option<Automated>,
}
pub struct Automated {
    pub prune: Option<bool>,
    pub self_heal: Option<bool>,
}

/// A revision that Helm has deployed, out of its Secret of type `helm.sh/release.v1`: what it is, and the identities of what its manifest holds.
/// Values and the manifest's own text, which may be secret, have no field to go to.
pub struct HelmRelease {
    /// Name of the release.
    pub release: Text,
    pub revision: i64,
    pub chart: Text,
    pub chart_version: Option<Text>,
    pub app_version: Option<Text>,
    pub objects: Vec<HelmObject>,
}
/// An object of a release's manifest.
pub struct HelmObject {
    pub api_version: Text,
    pub kind: Text,
    pub namespace: Option<Text>,
    pub name: Text,
}

/// `monitoring.coreos.com/v1` ServiceMonitor and PodMonitor.
pub struct Monitor {
    pub spec: MonitorSpec,
}
pub struct MonitorSpec {
    pub selector: LabelSelector,
    pub namespace_selector: MonitorNamespaces,
    pub endpoints: Vec<MonitorEndpoint>,
    pub pod_metrics_endpoints: Vec<MonitorEndpoint>,
}
pub struct MonitorNamespaces {
    pub any: bool,
    pub match_names: Vec<Text>,
}
pub struct MonitorEndpoint {
    pub port: Option<Text>,
    pub target_port: Option<IntOrString>,
    pub path: Option<Text>,
    pub interval: Option<Text>,
}

/// `monitoring.coreos.com/v1.PrometheusRule`: only how many alerts it defines.
pub struct PrometheusRule {
    pub spec: PrometheusRuleSpec,
}
pub struct PrometheusRuleSpec {
    pub groups: Vec<RuleGroup>,
}
pub struct RuleGroup {
    pub rules: Vec<AlertRule>,
}
pub struct AlertRule {
    pub alert: Option<Text>,
    pub labels: Labels,
}

/// ACK `cloudwatchlogs.services.k8s.aws` LogGroup.
pub struct AckLogGroup {
    pub spec: AckLogGroupSpec,
}
pub struct AckLogGroupSpec {
    pub name: Option<Text>,
    pub retention_days: Option<i64>,
}

/// ACK `sqs.services.k8s.aws` Queue.
pub struct AckQueue {
    pub spec: AckQueueSpec,
}
pub struct AckQueueSpec {
    pub queue_name: Option<Text>,
    pub visibility_timeout: Option<Text>,
    pub redrive_policy: Option<Text>,
    pub kms_master_key_id: Option<Text>,
    #[serde(rename = "sqsManagedSSEEnabled")]
    pub sqs_managed_sse_enabled: Option<Text>,
}

/// ACK `ecr.services.k8s.aws` Repository.
pub struct AckRepository {
    pub spec: AckRepositorySpec,
}
pub struct AckRepositorySpec {
    pub name: Option<Text>,
    pub image_tag_mutability: Option<Text>,
    pub image_scanning_configuration: Option<ScanningConfiguration>,
    pub lifecycle_policy: Option<Text>,
}
pub struct ScanningConfiguration {
    pub scan_on_push: bool,
}
}
