//! The Kubernetes objects of a snapshot: one sorted list per kind.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use crate::kinds::{access, apps, config, nodes, scaling, storage, traffic};
use crate::meta::{Handle, Meta, Object, Origin};
use crate::need::Need;
use crate::pod::PodSpec;
use crate::text::Text;
use crate::workload::Workload;

/// Identity of a document before its kind's own fields are read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Head {
    /// API version.
    pub api_version: Text,
    /// Kind.
    pub kind: Text,
    /// Metadata.
    pub metadata: Meta,
}

/// `networking.k8s.io/v1` -> `networking.k8s.io`; the core group is empty.
pub fn group_of(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

macro_rules! cluster {
    ($($(#[$m:meta])* $field:ident : $ty:ty = $need:ident [$($group:pat => $kind:pat),*]),* $(,)?) => {
        /// Every object that was read: kinds that are reasoned about typed, all others by identity.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct Cluster {
            $($(#[$m])* pub $field: Vec<Object<$ty>>,)*
            /// Objects of other kinds: identity only.
            pub others: Vec<Object<()>>,
        }

        impl Cluster {
            /// Reads the fields of the object that `head` names from `body`, the same document, and keeps it.
            pub fn add<'de, D: Deserializer<'de>>(&mut self, mut head: Head, origin: Option<Origin>, body: D) -> Result<(), D::Error> {
                // The API server takes the namespace off an object of the whole cluster.
                // Source: kubernetes apiserver pkg/registry/rest, EnsureObjectNamespaceMatchesRequestNamespace.
                if matches!(head.kind.as_str(), "ClusterRole" | "ClusterRoleBinding") {
                    head.metadata.namespace = None;
                }
                match (group_of(&head.api_version), head.kind.as_str()) {
                    $($(($group, $kind))|* => {
                        let it = <$ty>::read(&head, body)?;
                        self.$field.push(keep(head, origin, it));
                    })*
                    _ => self.others.push(keep(head, origin, ())),
                }
                Ok(())
            }

            /// Which list an object of this group and kind goes to; `None` for kinds kept by identity.
            pub fn need_of(api_version: &str, kind: &str) -> Option<Need> {
                match (group_of(api_version), kind) {
                    $($(($group, $kind))|* => Some(Need::$need),)*
                    _ => None,
                }
            }

            /// How many objects of the list were read.
            pub fn count(&self, need: Need) -> usize {
                match need {
                    $(Need::$need => self.$field.len(),)*
                    _ => 0,
                }
            }

            /// Every object, by its untyped face.
            pub fn handles(&self) -> impl Iterator<Item = Handle<'_>> {
                let all = std::iter::empty();
                $(let all = all.chain(self.$field.iter().map(Object::handle));)*
                all.chain(self.others.iter().map(Object::handle))
            }

            /// How many objects there are: a bare pod stands in two lists, and is one.
            pub fn objects(&self) -> usize {
                self.handles().filter(|it| it.kind != "Pod").count() + self.pods.len()
            }

            /// Says of every object where it was read.
            pub fn set_origins(&mut self, origin: Origin) {
                $(self.$field.iter_mut().for_each(|it| it.origin = Some(origin));)*
                self.others.iter_mut().for_each(|it| it.origin = Some(origin));
            }

            /// Takes over the objects of `other`.
            pub fn append(&mut self, mut other: Self) {
                $(self.$field.append(&mut other.$field);)*
                self.others.append(&mut other.others);
            }

            /// Shows every list to `viewer`, kind by kind.
            pub fn view<V: View>(&self, viewer: &mut V) -> Result<(), V::Error> {
                $(viewer.list(stringify!($field), Some(Need::$need), &self.$field)?;)*
                viewer.list("others", None, &self.others)
            }

            /// Shows every list of two clusters side by side.
            pub fn compare<C: Compare>(&self, other: &Self, comparer: &mut C) {
                $(comparer.lists(stringify!($field), Some(Need::$need), &self.$field, &other.$field);)*
                comparer.lists("others", None, &self.others, &other.others);
            }

            /// Lets `filler` fill every list, kind by kind.
            pub fn fill<F: Fill>(&mut self, filler: &mut F) -> Result<(), F::Error> {
                $(filler.list(stringify!($field), Some(Need::$need), &mut self.$field)?;)*
                filler.list("others", None, &mut self.others)
            }

            /// Sorts every list by namespace, name and place, so that equal clusters are equal byte for byte.
            pub fn sort(&mut self) {
                $(sort(&mut self.$field);)*
                sort(&mut self.others);
            }
        }
    };
}

cluster! {
    /// Whatever runs pods, bare pods included.
    workloads: Workload = Workloads [
        "apps" | "extensions" => "Deployment" | "DaemonSet" | "ReplicaSet" | "StatefulSet", "" => "ReplicationController",
        "batch" => "Job" | "CronJob", "argoproj.io" => "Rollout"],
    /// Pods as they run or as they are written.
    pods: RunningPod = Pods ["" => "Pod"],
    /// What the metrics API says of pods.
    pod_metrics: nodes::PodMetrics = Usage ["metrics.k8s.io" => "PodMetrics"],
    /// Services.
    services: traffic::Service = Services ["" => "Service"],
    /// EndpointSlices.
    endpoint_slices: traffic::EndpointSlice = EndpointSlices ["discovery.k8s.io" => "EndpointSlice"],
    /// Ingresses.
    ingresses: traffic::Ingress = Ingresses ["networking.k8s.io" | "extensions" => "Ingress"],
    /// IngressClasses.
    ingress_classes: traffic::IngressClass = IngressClasses ["networking.k8s.io" => "IngressClass"],
    /// AWS Load Balancer Controller's class parameters.
    ingress_class_params: traffic::IngressClassParams = IngressClassParams ["elbv2.k8s.aws" | "eks.amazonaws.com" => "IngressClassParams"],
    /// AWS Load Balancer Controller's target group bindings.
    target_group_bindings: traffic::TargetGroupBinding = TargetGroupBindings ["elbv2.k8s.aws" => "TargetGroupBinding"],
    /// AWS Load Balancer Controller's gateway configurations.
    aws_gateway_configs: traffic::AwsGatewayConfig = AwsGatewayConfigs ["gateway.k8s.aws" => "LoadBalancerConfiguration" | "TargetGroupConfiguration"],
    /// Gateway classes.
    gateway_classes: traffic::GatewayClass = GatewayClasses ["gateway.networking.k8s.io" => "GatewayClass"],
    /// Gateways.
    gateways: traffic::Gateway = Gateways ["gateway.networking.k8s.io" => "Gateway"],
    /// Gateway API routes of every protocol.
    routes: traffic::Route = Routes ["gateway.networking.k8s.io" => "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute"],
    /// Network policies.
    network_policies: traffic::NetworkPolicy = NetworkPolicies ["networking.k8s.io" | "extensions" => "NetworkPolicy"],
    /// Disruption budgets.
    pod_disruption_budgets: scaling::PodDisruptionBudget = PodDisruptionBudgets ["policy" => "PodDisruptionBudget"],
    /// Autoscalers.
    horizontal_pod_autoscalers: scaling::HorizontalPodAutoscaler = HorizontalPodAutoscalers ["autoscaling" => "HorizontalPodAutoscaler"],
    /// KEDA's scaled objects and scaled jobs.
    scaled_objects: scaling::ScaledObject = ScaledObjects ["keda.sh" => "ScaledObject" | "ScaledJob"],
    /// KEDA's trigger authentications.
    trigger_authentications: scaling::TriggerAuthentication = TriggerAuthentications ["keda.sh" => "TriggerAuthentication" | "ClusterTriggerAuthentication"],
    /// Vertical autoscalers.
    vertical_pod_autoscalers: scaling::VerticalPodAutoscaler = VerticalPodAutoscalers ["autoscaling.k8s.io" => "VerticalPodAutoscaler"],
    /// Quotas.
    resource_quotas: scaling::ResourceQuota = ResourceQuotas ["" => "ResourceQuota"],
    /// Limit ranges.
    limit_ranges: scaling::LimitRange = LimitRanges ["" => "LimitRange"],
    /// Priority classes.
    priority_classes: scaling::PriorityClass = PriorityClasses ["scheduling.k8s.io" => "PriorityClass"],
    /// Karpenter's node pools.
    node_pools: scaling::NodePool = NodePools ["karpenter.sh" => "NodePool"],
    /// Karpenter's EC2 node classes.
    ec2_node_classes: scaling::Ec2NodeClass = Ec2NodeClasses ["karpenter.k8s.aws" => "EC2NodeClass"],
    /// Storage classes.
    storage_classes: storage::StorageClass = StorageClasses ["storage.k8s.io" => "StorageClass"],
    /// Persistent volumes.
    persistent_volumes: storage::PersistentVolume = PersistentVolumes ["" => "PersistentVolume"],
    /// Claims.
    persistent_volume_claims: storage::PersistentVolumeClaim = PersistentVolumeClaims ["" => "PersistentVolumeClaim"],
    /// Volume snapshots.
    volume_snapshots: storage::VolumeSnapshot = VolumeSnapshots ["snapshot.storage.k8s.io" => "VolumeSnapshot"],
    /// Volume snapshot classes.
    volume_snapshot_classes: storage::VolumeSnapshotClass = VolumeSnapshotClasses ["snapshot.storage.k8s.io" => "VolumeSnapshotClass"],
    /// What CSI drivers say of nodes.
    csi_nodes: storage::CsiNode = CsiNodes ["storage.k8s.io" => "CSINode"],
    /// CSI drivers.
    csi_drivers: storage::CsiDriver = CsiDrivers ["storage.k8s.io" => "CSIDriver"],
    /// Attached volumes.
    volume_attachments: storage::VolumeAttachment = VolumeAttachments ["storage.k8s.io" => "VolumeAttachment"],
    /// Namespaces.
    namespaces: config::Namespace = Namespaces ["" => "Namespace"],
    /// Service accounts.
    service_accounts: access::ServiceAccount = ServiceAccounts ["" => "ServiceAccount"],
    /// Roles and cluster roles.
    roles: access::Role = Roles ["rbac.authorization.k8s.io" => "Role" | "ClusterRole"],
    /// Role bindings and cluster role bindings.
    role_bindings: access::RoleBinding = RoleBindings ["rbac.authorization.k8s.io" => "RoleBinding" | "ClusterRoleBinding"],
    /// Admission webhooks.
    webhooks: access::WebhookConfiguration = Webhooks ["admissionregistration.k8s.io" => "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration"],
    /// Definitions of custom resources.
    custom_resource_definitions: access::CustomResourceDefinition = CustomResourceDefinitions ["apiextensions.k8s.io" => "CustomResourceDefinition"],
    /// External secrets.
    external_secrets: config::ExternalSecret = ExternalSecrets ["external-secrets.io" => "ExternalSecret" | "ClusterExternalSecret"],
    /// Stores of external secrets.
    secret_stores: config::SecretStore = SecretStores ["external-secrets.io" => "SecretStore" | "ClusterSecretStore"],
    /// Secrets, without values.
    secrets: config::Secret = Secrets ["" => "Secret"],
    /// Config maps.
    config_maps: config::ConfigMap = ConfigMaps ["" => "ConfigMap"],
    /// Nodes.
    nodes: nodes::Node = Nodes ["" => "Node"],
    /// Events.
    events: nodes::Event = Events ["" | "events.k8s.io" => "Event"],
    /// What Argo CD and Flux deliver.
    deliveries: apps::Delivery = Deliveries [
        "argoproj.io" => "Application" | "ApplicationSet", "kustomize.toolkit.fluxcd.io" => "Kustomization",
        "helm.toolkit.fluxcd.io" => "HelmRelease", "source.toolkit.fluxcd.io" => "GitRepository"],
    /// What Helm has deployed.
    helm_releases: apps::HelmRelease = HelmReleases ["helm.sh" => "Release"],
    /// Service and pod monitors.
    monitors: apps::Monitor = Monitors ["monitoring.coreos.com" => "ServiceMonitor" | "PodMonitor"],
    /// Alert rules.
    prometheus_rules: apps::PrometheusRule = PrometheusRules ["monitoring.coreos.com" => "PrometheusRule"],
    /// ACK log groups.
    ack_log_groups: apps::AckLogGroup = AckLogGroups ["cloudwatchlogs.services.k8s.aws" => "LogGroup"],
    /// ACK queues.
    ack_queues: apps::AckQueue = AckQueues ["sqs.services.k8s.aws" => "Queue"],
    /// ACK repositories.
    ack_repositories: apps::AckRepository = AckRepositories ["ecr.services.k8s.aws" => "Repository"],
}

/// What a kind's own fields can do: be compared, written down and read back. A kind that cannot is a compile error.
pub trait Fields: PartialEq + Serialize + for<'a> Deserialize<'a> + Send + Sync + 'static {}

impl<T: PartialEq + Serialize + for<'a> Deserialize<'a> + Send + Sync + 'static> Fields for T {}

/// Sees every list of a cluster, whatever its kind.
pub trait View {
    /// What can go wrong.
    type Error;
    /// One list: its name, what it takes to have read it (`None` for kinds kept by identity), and its objects.
    fn list<T: Fields>(&mut self, name: &'static str, need: Option<Need>, list: &[Object<T>]) -> Result<(), Self::Error>;
}

/// Sees every list of two clusters.
pub trait Compare {
    /// One list of both: its name, what it takes to have read it, and its objects before and after.
    fn lists<T: Fields>(&mut self, name: &'static str, need: Option<Need>, before: &[Object<T>], after: &[Object<T>]);
}

/// Fills every list of a cluster.
pub trait Fill {
    /// What can go wrong.
    type Error;
    /// One list: its name, what it takes to have read it, and where its objects go.
    fn list<T: Fields>(&mut self, name: &'static str, need: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Self::Error>;
}

/// How a kind's fields are read from a document.
trait Read: Sized {
    fn read<'de, D: Deserializer<'de>>(head: &Head, body: D) -> Result<Self, D::Error>;
}

impl<T: for<'a> Deserialize<'a>> Read for T {
    fn read<'de, D: Deserializer<'de>>(_: &Head, body: D) -> Result<Self, D::Error> {
        T::deserialize(body)
    }
}

/// A pod as it runs: pods of one owner share one specification.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunningPod {
    /// The specification, without the node and the token volume that differ from pod to pod.
    pub spec: Arc<PodSpec>,
    /// The node it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_name: Option<Text>,
    /// What the kubelet says.
    pub status: nodes::PodStatus,
}

impl RunningPod {
    /// Whether the pod counts as Ready.
    pub fn is_ready(&self) -> bool {
        self.status.conditions.iter().any(|it| it.kind == "Ready" && it.status == "True")
    }

    /// Whether the pod has ended.
    pub fn is_finished(&self) -> bool {
        matches!(self.status.phase.as_deref(), Some("Succeeded" | "Failed"))
    }
}

fn keep<T>(head: Head, origin: Option<Origin>, it: T) -> Object<T> {
    Object { api_version: head.api_version, kind: head.kind, meta: head.metadata, origin, it }
}

fn sort<T>(list: &mut Vec<Object<T>>) {
    list.sort_by(|a, b| key(a).cmp(&key(b)));
    list.shrink_to_fit();
}

type Key<'a> = (&'a str, &'a str, &'a str, Option<Origin>);

fn key<T>(it: &Object<T>) -> Key<'_> {
    (it.meta.ns(), &it.meta.name, &it.kind, it.origin)
}

/// Objects of one namespace in a sorted list.
pub fn in_namespace<'a, T>(list: &'a [Object<T>], ns: &str) -> &'a [Object<T>] {
    let from = list.partition_point(|it| it.meta.ns() < ns);
    let to = from + list[from..].partition_point(|it| it.meta.ns() == ns);
    &list[from..to]
}

/// The object of this namespace and name in a sorted list; the first, should several kinds share the list.
pub fn find<'a, T>(list: &'a [Object<T>], ns: &str, name: &str) -> Option<&'a Object<T>> {
    find_all(list, ns, name).first()
}

/// Every object of this namespace and name in a sorted list.
pub fn find_all<'a, T>(list: &'a [Object<T>], ns: &str, name: &str) -> &'a [Object<T>] {
    let at = |it: &Object<T>| (it.meta.ns(), it.meta.name.as_str()) < (ns, name);
    let from = list.partition_point(at);
    let to = from + list[from..].partition_point(|it| it.meta.ns() == ns && it.meta.name == name);
    &list[from..to]
}

impl Cluster {
    /// Brings the lists into their final shape: bare pods become workloads, pods of one owner share their specification, all is sorted.
    pub fn finish(&mut self) {
        let mut shared: HashMap<Text, Vec<Arc<PodSpec>>> = HashMap::new();
        for pod in &mut self.pods {
            settle(pod, &mut shared);
        }
        // Nothing refers to an event, and its own id is a fifth of what an event takes in a recording.
        self.events.iter_mut().for_each(|it| it.meta.uid = None);
        let bare = self.pods.iter().filter(|it| it.meta.controller().is_none() && !is_mirror(&it.meta));
        let workloads: Vec<_> = bare.map(Workload::of_pod).collect();
        self.workloads.retain(|it| it.workload_kind != crate::workload::WorkloadKind::Pod);
        self.workloads.extend(workloads);
        self.sort();
    }
}

/// Static pods are the kubelet's.
fn is_mirror(meta: &Meta) -> bool {
    meta.annotations.contains("kubernetes.io/config.mirror")
}

/// The volume that the API server gives every pod for its token, under a name of its own.
fn is_token(volume: &str) -> bool {
    volume.starts_with("kube-api-access-")
}

fn needs_settling(spec: &PodSpec) -> bool {
    let mut mounts = spec.containers.iter().chain(&spec.init_containers).flat_map(|it| &it.volume_mounts);
    spec.node_name.is_some() || spec.volumes.iter().any(|it| is_token(&it.name)) || mounts.any(|it| is_token(&it.name))
}

/// Takes out of the specification what differs from pod to pod, and shares the rest with its siblings.
fn settle(pod: &mut Object<RunningPod>, shared: &mut HashMap<Text, Vec<Arc<PodSpec>>>) {
    let Some(owner) = pod.meta.controller().map(|it| it.uid.clone()) else {
        pod.it.node_name = pod.it.node_name.take().or_else(|| pod.it.spec.node_name.clone());
        return;
    };
    // Specifications out of a recording are settled, and shared: they must not be copied to find that out.
    if needs_settling(&pod.it.spec) {
        let spec = Arc::make_mut(&mut pod.it.spec);
        if let Some(node) = spec.node_name.take() {
            pod.it.node_name = Some(node);
        }
        spec.volumes.retain(|it| !is_token(&it.name));
        for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
            container.volume_mounts.retain(|it| !is_token(&it.name));
        }
    }
    // DaemonSet pods differ in the node that their affinity names: a few shapes an owner, then no more looking.
    let known = shared.entry(owner).or_default();
    match known.iter().take(4).find(|it| Arc::ptr_eq(it, &pod.it.spec) || ***it == *pod.it.spec) {
        Some(it) => pod.it.spec = it.clone(),
        None => known.push(pod.it.spec.clone()),
    }
}
