//! Nodes, running pods and events.

use jiff::Timestamp;

use crate::pod::{PodSpec, ResourceList, Resources, Taint, lean};
use crate::text::{Labels, Text};
use crate::workload::Condition;

/// The labels that name a node's group or pool, and what each calls it: managed node groups, Karpenter and Auto Mode, eksctl.
pub const GROUPS: &[(&str, &str)] =
    &[("eks.amazonaws.com/nodegroup", "node group"), ("karpenter.sh/nodepool", "node pool"), ("alpha.eksctl.io/nodegroup-name", "node group")];

/// The labels that say how a node's capacity was bought: managed node groups, Karpenter and Auto Mode, eksctl.
pub const CAPACITY: &[&str] =
    &["eks.amazonaws.com/capacityType", "karpenter.sh/capacity-type", "alpha.eksctl.io/instance-lifecycle", "node.kubernetes.io/lifecycle"];

/// The labels that name a node's zone, the older one last.
const ZONES: &[&str] = &["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];

fn first<'a>(labels: &'a Labels, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|it| labels.get(it)).map(Text::as_str)
}

/// The zone that a node's labels name; empty for none.
pub fn zone_of(labels: &Labels) -> &str {
    first(labels, ZONES).unwrap_or_default()
}

/// The node group or node pool that a node's labels name; empty for neither.
pub fn group_of(labels: &Labels) -> &str {
    GROUPS.iter().find_map(|it| labels.get(it.0)).map_or("", Text::as_str)
}

/// Whether a capacity label's value means Spot.
pub fn is_spot_word(value: &str) -> bool {
    value.eq_ignore_ascii_case("spot") || value.eq_ignore_ascii_case("Ec2Spot")
}

/// Whether a node's labels say that it is on Spot.
pub fn is_spot(labels: &Labels) -> bool {
    CAPACITY.iter().any(|it| labels.get(it).is_some_and(|it| is_spot_word(it)))
}

lean! {
/// `v1.Node`.
pub struct Node {
    pub spec: NodeSpec,
    pub status: NodeStatus,
}
pub struct NodeSpec {
    #[serde(rename = "providerID")]
    pub provider_id: Option<Text>,
    pub taints: Vec<Taint>,
    pub unschedulable: bool,
}
pub struct NodeStatus {
    pub allocatable: ResourceList,
    pub capacity: ResourceList,
    pub addresses: Vec<NodeAddress>,
    pub conditions: Vec<Condition>,
    pub node_info: NodeInfo,
    pub images: Vec<NodeImage>,
}
pub struct NodeAddress {
    #[serde(rename = "type")]
    pub kind: Text,
    pub address: Text,
}
pub struct NodeInfo {
    pub kubelet_version: Text,
    pub container_runtime_version: Option<Text>,
    pub os_image: Option<Text>,
    pub architecture: Option<Text>,
}
pub struct NodeImage {
    pub names: Vec<Text>,
    pub size_bytes: i64,
}

/// `v1.Pod` as it runs.
pub struct Pod {
    pub spec: PodSpec,
    pub status: PodStatus,
}
pub struct PodStatus {
    pub phase: Option<Text>,
    pub reason: Option<Text>,
    pub message: Option<Text>,
    pub conditions: Vec<Condition>,
    pub container_statuses: Vec<ContainerStatus>,
    pub init_container_statuses: Vec<ContainerStatus>,
    pub start_time: Option<Timestamp>,
    pub nominated_node_name: Option<Text>,
    pub qos_class: Option<Text>,
    pub resize: Option<Text>,
    pub resources: Option<Resources>,
    pub allocated_resources: ResourceList,
}
pub struct ContainerStatus {
    pub name: Text,
    pub ready: bool,
    pub restart_count: i64,
    pub image: Text,
    #[serde(rename = "imageID")]
    pub image_id: Text,
    pub state: ContainerState,
    pub last_state: ContainerState,
    pub resources: Option<Resources>,
    pub allocated_resources: ResourceList,
}
pub struct ContainerState {
    pub running: Option<Running>,
    pub waiting: Option<Waiting>,
    pub terminated: Option<Terminated>,
}
pub struct Running {
    pub started_at: Option<Timestamp>,
}
pub struct Waiting {
    pub reason: Option<Text>,
    pub message: Option<Text>,
}
pub struct Terminated {
    pub reason: Option<Text>,
    pub exit_code: i64,
    pub finished_at: Option<Timestamp>,
}

/// `metrics.k8s.io/v1beta1.PodMetrics`: what a pod's containers used over a short window.
pub struct PodMetrics {
    pub timestamp: Option<Timestamp>,
    pub containers: Vec<ContainerMetrics>,
}
pub struct ContainerMetrics {
    pub name: Text,
    pub usage: ResourceList,
}

/// `v1.Event` (and `events.k8s.io/v1`, whose names differ).
pub struct Event {
    #[serde(alias = "regarding")]
    pub involved_object: InvolvedObject,
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    pub reason: Option<Text>,
    #[serde(alias = "note", deserialize_with = "crate::secret_line::masked_text")]
    pub message: Option<Text>,
    pub count: Option<i64>,
    pub first_timestamp: Option<Timestamp>,
    pub last_timestamp: Option<Timestamp>,
    pub event_time: Option<Timestamp>,
    pub series: Option<EventSeries>,
}
pub struct InvolvedObject {
    pub kind: Text,
    pub namespace: Option<Text>,
    pub name: Text,
    pub uid: Option<Text>,
}
pub struct EventSeries {
    pub count: i64,
    pub last_observed_time: Option<Timestamp>,
}
}

impl Node {
    /// The condition `Ready`'s status (`True`, `False`, `Unknown`).
    pub fn ready(&self) -> Option<&str> {
        self.status.conditions.iter().find(|it| it.kind == "Ready").map(|it| it.status.as_str())
    }
}

impl Pod {
    /// Whether the pod counts as Ready.
    pub fn is_ready(&self) -> bool {
        self.status.conditions.iter().any(|it| it.kind == "Ready" && it.status == "True")
    }

    /// Whether the pod has ended.
    pub fn is_finished(&self) -> bool {
        matches!(self.status.phase.as_deref(), Some("Succeeded" | "Failed"))
    }
}
