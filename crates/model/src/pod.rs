//! The pod specification: what scheduling, availability and security are read from.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::int_or_string::IntOrString;
use crate::quantity::Quantity;
use crate::secret_text::Literal;
use crate::selector::{LabelSelector, Requirement};
use crate::text::{Labels, Text, TextMap};

/// Amounts by resource name (`cpu`, `memory`, `ephemeral-storage`, `pods`, `nvidia.com/gpu`, ...).
pub type ResourceList = TextMap<Quantity>;

macro_rules! lean {
    ($($(#[$m:meta])* pub struct $name:ident { $($(#[$fm:meta])* pub $field:ident : $ty:ty),* $(,)? })*) => {$(
        $(#[$m])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[allow(missing_docs, reason = "fields are named and defined by the Kubernetes API reference")]
        pub struct $name { $($(#[$fm])* #[serde(skip_serializing_if = "crate::pod::is_default")] pub $field: $ty),* }
    )*};
}
pub(crate) use lean;

/// Whether a field holds what its absence means: such fields are not written down.
pub(crate) fn is_default<T: Default + PartialEq>(it: &T) -> bool {
    *it == T::default()
}

lean! {
/// `v1.PodTemplateSpec`.
pub struct PodTemplate {
    pub metadata: TemplateMeta,
    pub spec: PodSpec,
}

/// Labels and annotations of a pod template.
pub struct TemplateMeta {
    pub labels: Labels,
    #[serde(deserialize_with = "crate::meta::annotations")]
    pub annotations: Labels,
}

/// `v1.PodSpec`, the fields that are reasoned about.
pub struct PodSpec {
    pub containers: Vec<Container>,
    pub init_containers: Vec<Container>,
    pub ephemeral_containers: Vec<Container>,
    pub volumes: Vec<Volume>,
    pub node_name: Option<Text>,
    pub node_selector: Labels,
    pub affinity: Option<Box<Affinity>>,
    pub tolerations: Vec<Toleration>,
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
    pub priority_class_name: Option<Text>,
    pub priority: Option<i32>,
    pub preemption_policy: Option<Text>,
    pub scheduler_name: Option<Text>,
    pub scheduling_gates: Vec<Named>,
    pub runtime_class_name: Option<Text>,
    pub overhead: ResourceList,
    pub resources: Option<Resources>,
    pub termination_grace_period_seconds: Option<i64>,
    pub active_deadline_seconds: Option<i64>,
    pub restart_policy: Option<Text>,
    pub dns_policy: Option<Text>,
    pub enable_service_links: Option<bool>,
    pub service_account_name: Option<Text>,
    pub service_account: Option<Text>,
    pub automount_service_account_token: Option<bool>,
    pub image_pull_secrets: Vec<Named>,
    pub host_network: bool,
    #[serde(rename = "hostPID")]
    pub host_pid: bool,
    #[serde(rename = "hostIPC")]
    pub host_ipc: bool,
    pub host_users: Option<bool>,
    pub share_process_namespace: Option<bool>,
    pub security_context: Option<Box<PodSecurityContext>>,
    pub readiness_gates: Vec<ReadinessGate>,
    pub hostname: Option<Text>,
    pub subdomain: Option<Text>,
    pub os: Option<Named>,
}

/// An object with a name only.
pub struct Named {
    pub name: Text,
}

/// `v1.PodReadinessGate`.
pub struct ReadinessGate {
    pub condition_type: Text,
}

/// `v1.Container`; init containers too (`restart_policy: Always` makes one a sidecar).
pub struct Container {
    pub name: Text,
    pub image: Text,
    pub image_pull_policy: Option<Text>,
    #[serde(deserialize_with = "arguments")]
    pub command: Vec<Literal>,
    #[serde(deserialize_with = "arguments")]
    pub args: Vec<Literal>,
    pub ports: Vec<ContainerPort>,
    pub env: Vec<EnvVar>,
    pub env_from: Vec<EnvFrom>,
    pub resources: Resources,
    pub volume_mounts: Vec<VolumeMount>,
    pub liveness_probe: Option<Box<Probe>>,
    pub readiness_probe: Option<Box<Probe>>,
    pub startup_probe: Option<Box<Probe>>,
    pub lifecycle: Option<Box<Lifecycle>>,
    pub security_context: Option<Box<SecurityContext>>,
    pub restart_policy: Option<Text>,
    pub termination_message_policy: Option<Text>,
}

/// `v1.ContainerPort`.
pub struct ContainerPort {
    pub name: Option<Text>,
    pub container_port: i64,
    pub host_port: Option<i64>,
    #[serde(rename = "hostIP")]
    pub host_ip: Option<Text>,
    pub protocol: Option<Text>,
}

/// `v1.ResourceRequirements`.
pub struct Resources {
    pub requests: ResourceList,
    pub limits: ResourceList,
}

/// `v1.EnvFromSource`.
pub struct EnvFrom {
    pub prefix: Option<Text>,
    pub config_map_ref: Option<OptionalName>,
    pub secret_ref: Option<OptionalName>,
}

/// A reference that may be marked optional.
pub struct OptionalName {
    pub name: Text,
    pub optional: bool,
}

/// A key of a Secret or ConfigMap.
pub struct KeyRef {
    pub name: Text,
    pub key: Text,
    pub optional: bool,
}

/// `v1.EnvVarSource`.
pub struct EnvValueFrom {
    pub secret_key_ref: Option<KeyRef>,
    pub config_map_key_ref: Option<KeyRef>,
    pub field_ref: Option<FieldRef>,
    pub resource_field_ref: Option<ResourceFieldRef>,
}

/// `v1.ObjectFieldSelector`.
pub struct FieldRef {
    pub field_path: Text,
}

/// `v1.ResourceFieldSelector`.
pub struct ResourceFieldRef {
    pub resource: Text,
}

/// `v1.VolumeMount`.
pub struct VolumeMount {
    pub name: Text,
    pub mount_path: Text,
    pub sub_path: Option<Text>,
    pub sub_path_expr: Option<Text>,
    pub read_only: bool,
}

/// `v1.Probe`.
pub struct Probe {
    pub http_get: Option<HttpGet>,
    pub tcp_socket: Option<TcpSocket>,
    pub grpc: Option<Grpc>,
    pub exec: Option<Exec>,
    pub initial_delay_seconds: Option<i64>,
    pub period_seconds: Option<i64>,
    pub timeout_seconds: Option<i64>,
    pub success_threshold: Option<i64>,
    pub failure_threshold: Option<i64>,
    pub termination_grace_period_seconds: Option<i64>,
}

/// `v1.HTTPGetAction`.
pub struct HttpGet {
    #[serde(deserialize_with = "crate::secret_line::masked_text")]
    pub path: Option<Text>,
    pub port: IntOrString,
    pub host: Option<Text>,
    pub scheme: Option<Text>,
}

/// `v1.TCPSocketAction`.
pub struct TcpSocket {
    pub port: IntOrString,
    pub host: Option<Text>,
}

/// `v1.GRPCAction`.
pub struct Grpc {
    pub port: i64,
    pub service: Option<Text>,
}

/// `v1.ExecAction`.
pub struct Exec {
    #[serde(deserialize_with = "arguments")]
    pub command: Vec<Literal>,
}

/// `v1.Lifecycle`.
pub struct Lifecycle {
    pub pre_stop: Option<LifecycleHandler>,
    pub post_start: Option<LifecycleHandler>,
}

/// `v1.LifecycleHandler`.
pub struct LifecycleHandler {
    pub exec: Option<Exec>,
    pub http_get: Option<HttpGet>,
    pub tcp_socket: Option<TcpSocket>,
    pub sleep: Option<Sleep>,
}

/// `v1.SleepAction`.
pub struct Sleep {
    pub seconds: i64,
}

/// `v1.PodSecurityContext`.
pub struct PodSecurityContext {
    pub run_as_user: Option<i64>,
    pub run_as_group: Option<i64>,
    pub run_as_non_root: Option<bool>,
    pub fs_group: Option<i64>,
    pub supplemental_groups: Vec<i64>,
    pub seccomp_profile: Option<Profile>,
    pub app_armor_profile: Option<Profile>,
    pub se_linux_options: Option<SeLinuxOptions>,
    pub sysctls: Vec<Sysctl>,
    pub windows_options: Option<WindowsOptions>,
}

/// `v1.SecurityContext`.
pub struct SecurityContext {
    pub privileged: Option<bool>,
    pub allow_privilege_escalation: Option<bool>,
    pub read_only_root_filesystem: Option<bool>,
    pub run_as_user: Option<i64>,
    pub run_as_group: Option<i64>,
    pub run_as_non_root: Option<bool>,
    pub capabilities: Option<Capabilities>,
    pub seccomp_profile: Option<Profile>,
    pub app_armor_profile: Option<Profile>,
    pub se_linux_options: Option<SeLinuxOptions>,
    pub proc_mount: Option<Text>,
    pub windows_options: Option<WindowsOptions>,
}

/// `v1.Capabilities`.
pub struct Capabilities {
    pub add: Vec<Text>,
    pub drop: Vec<Text>,
}

/// `v1.SeccompProfile` and `v1.AppArmorProfile`.
pub struct Profile {
    #[serde(rename = "type")]
    pub kind: Text,
    pub localhost_profile: Option<Text>,
}

/// `v1.SELinuxOptions`.
pub struct SeLinuxOptions {
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    pub user: Option<Text>,
    pub role: Option<Text>,
    pub level: Option<Text>,
}

/// `v1.Sysctl`.
pub struct Sysctl {
    pub name: Text,
    pub value: Text,
}

/// `v1.WindowsSecurityContextOptions`.
pub struct WindowsOptions {
    pub host_process: Option<bool>,
    pub run_as_user_name: Option<Text>,
}

/// `v1.Affinity`.
pub struct Affinity {
    pub node_affinity: Option<NodeAffinity>,
    pub pod_affinity: Option<PodAffinity>,
    pub pod_anti_affinity: Option<PodAffinity>,
}

/// `v1.NodeAffinity`.
pub struct NodeAffinity {
    pub required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
    pub preferred_during_scheduling_ignored_during_execution: Vec<PreferredTerm>,
}

/// `v1.NodeSelector`: its terms are alternatives.
pub struct NodeSelector {
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

/// `v1.NodeSelectorTerm`: its conditions must all hold.
pub struct NodeSelectorTerm {
    pub match_expressions: Vec<Requirement>,
    pub match_fields: Vec<Requirement>,
}

/// `v1.PreferredSchedulingTerm`.
pub struct PreferredTerm {
    pub weight: i64,
    pub preference: NodeSelectorTerm,
}

/// `v1.PodAffinity` and `v1.PodAntiAffinity`.
pub struct PodAffinity {
    pub required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
    pub preferred_during_scheduling_ignored_during_execution: Vec<WeightedPodAffinityTerm>,
}

/// `v1.PodAffinityTerm`.
pub struct PodAffinityTerm {
    pub label_selector: Option<LabelSelector>,
    pub namespaces: Vec<Text>,
    pub namespace_selector: Option<LabelSelector>,
    pub topology_key: Text,
    pub match_label_keys: Vec<Text>,
    pub mismatch_label_keys: Vec<Text>,
}

/// `v1.WeightedPodAffinityTerm`.
pub struct WeightedPodAffinityTerm {
    pub weight: i64,
    pub pod_affinity_term: PodAffinityTerm,
}

/// `v1.TopologySpreadConstraint`.
pub struct TopologySpreadConstraint {
    pub max_skew: i64,
    pub topology_key: Text,
    pub when_unsatisfiable: Text,
    pub label_selector: Option<LabelSelector>,
    pub min_domains: Option<i64>,
    pub node_affinity_policy: Option<Text>,
    pub node_taints_policy: Option<Text>,
    pub match_label_keys: Vec<Text>,
}

/// `v1.Toleration`.
#[derive(Eq, Hash)]
pub struct Toleration {
    pub key: Option<Text>,
    pub operator: Option<Text>,
    pub value: Option<Text>,
    pub effect: Option<Text>,
    pub toleration_seconds: Option<i64>,
}

/// `v1.Taint`.
#[derive(Eq, Hash)]
pub struct Taint {
    pub key: Text,
    pub value: Option<Text>,
    pub effect: Text,
    pub time_added: Option<Timestamp>,
}

/// `v1.Volume`: the sources that are reasoned about, the rest by their name in `other`.
pub struct Volume {
    pub name: Text,
    pub persistent_volume_claim: Option<ClaimSource>,
    pub secret: Option<SecretSource>,
    pub config_map: Option<OptionalName>,
    pub empty_dir: Option<EmptyDir>,
    pub host_path: Option<HostPath>,
    pub projected: Option<Projected>,
    pub ephemeral: Option<Ephemeral>,
    pub csi: Option<CsiSource>,
    pub downward_api: Option<Ignored>,
    pub aws_elastic_block_store: Option<AwsElasticBlockStore>,
    pub nfs: Option<Ignored>,
    pub gce_persistent_disk: Option<GcePersistentDisk>,
    pub git_repo: Option<Ignored>,
    pub image: Option<ImageSource>,
    pub iscsi: Option<Iscsi>,
    pub glusterfs: Option<Ignored>,
    pub rbd: Option<Rbd>,
    pub flex_volume: Option<Ignored>,
    pub cinder: Option<Ignored>,
    pub cephfs: Option<Ignored>,
    pub flocker: Option<Ignored>,
    pub fc: Option<Ignored>,
    pub azure_file: Option<Ignored>,
    pub azure_disk: Option<Ignored>,
    pub vsphere_volume: Option<Ignored>,
    pub quobyte: Option<Ignored>,
    pub photon_persistent_disk: Option<Ignored>,
    pub portworx_volume: Option<Ignored>,
    #[serde(rename = "scaleIO")]
    pub scale_io: Option<Ignored>,
    pub storageos: Option<Ignored>,
}

/// Something whose presence alone counts.
pub struct Ignored {}

/// `v1.PersistentVolumeClaimVolumeSource`.
pub struct ClaimSource {
    pub claim_name: Text,
    pub read_only: bool,
}

/// `v1.SecretVolumeSource`.
pub struct SecretSource {
    pub secret_name: Text,
    pub optional: bool,
    pub default_mode: Option<i64>,
}

/// `v1.EmptyDirVolumeSource`.
pub struct EmptyDir {
    pub medium: Option<Text>,
    pub size_limit: Option<Quantity>,
}

/// `v1.HostPathVolumeSource`.
pub struct HostPath {
    pub path: Text,
    #[serde(rename = "type")]
    pub kind: Option<Text>,
}

/// `v1.ProjectedVolumeSource`.
pub struct Projected {
    pub sources: Vec<ProjectedSource>,
}

/// `v1.VolumeProjection`.
pub struct ProjectedSource {
    pub secret: Option<OptionalName>,
    pub config_map: Option<OptionalName>,
    pub service_account_token: Option<ServiceAccountToken>,
    pub downward_api: Option<Ignored>,
}

/// `v1.ServiceAccountTokenProjection`.
pub struct ServiceAccountToken {
    pub audience: Option<Text>,
    pub path: Text,
}

/// `v1.EphemeralVolumeSource`.
pub struct Ephemeral {
    pub volume_claim_template: ClaimTemplate,
}

/// `v1.PersistentVolumeClaimTemplate`; also a StatefulSet's.
pub struct ClaimTemplate {
    pub metadata: ClaimTemplateMeta,
    pub spec: ClaimSpec,
}

/// Name and labels of a claim template.
pub struct ClaimTemplateMeta {
    pub name: Text,
    pub labels: Labels,
    pub annotations: Labels,
}

/// `v1.PersistentVolumeClaimSpec`.
pub struct ClaimSpec {
    pub access_modes: Vec<Text>,
    pub storage_class_name: Option<Text>,
    pub volume_name: Option<Text>,
    pub volume_mode: Option<Text>,
    pub resources: Resources,
    pub selector: Option<LabelSelector>,
    pub data_source: Option<DataSource>,
}

/// `v1.TypedLocalObjectReference`.
pub struct DataSource {
    pub kind: Text,
    pub name: Text,
}

/// `v1.CSIVolumeSource`.
pub struct CsiSource {
    pub driver: Text,
    pub volume_attributes: Labels,
}

/// `v1.ImageVolumeSource`.
pub struct ImageSource {
    pub reference: Text,
}

/// `v1.GCEPersistentDiskVolumeSource`.
pub struct GcePersistentDisk {
    pub pd_name: Text,
    pub read_only: bool,
}

/// `v1.ISCSIVolumeSource`.
pub struct Iscsi {
    pub iqn: Text,
    pub read_only: bool,
}

/// `v1.RBDVolumeSource`.
pub struct Rbd {
    #[serde(alias = "cephMonitors")]
    pub monitors: Vec<Text>,
    #[serde(alias = "rbdPool")]
    pub pool: Text,
    #[serde(alias = "rbdImage")]
    pub image: Text,
    pub read_only: bool,
}

/// `v1.AWSElasticBlockStoreVolumeSource`.
pub struct AwsElasticBlockStore {
    #[serde(rename = "volumeID")]
    pub volume_id: Text,
}
}

/// `v1.EnvVar`; its value is classified when read, so that a secret is never kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvVar {
    /// Name.
    pub name: Text,
    /// Literal value; `None` where it comes from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Literal>,
    /// Where the value comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_from: Option<Box<EnvValueFrom>>,
}

impl<'de> Deserialize<'de> for EnvVar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Written {
            name: Text,
            value: Option<Raw>,
            value_from: Option<Box<EnvValueFrom>>,
        }
        let it = Written::deserialize(deserializer)?;
        let value = it.value.map(|value| match value {
            Raw::Kept(literal) => literal,
            Raw::Written(text) => Literal::classify(&it.name, &text),
        });
        Ok(Self { name: it.name, value, value_from: it.value_from })
    }
}

/// A literal as it is written in a manifest (any scalar; not interned, since it may be a secret) or kept in a recording.
pub(crate) enum Raw {
    Written(String),
    Kept(Literal),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RawVisitor;
        impl<'de> serde::de::Visitor<'de> for RawVisitor {
            type Value = Raw;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a scalar")
            }
            fn visit_str<E>(self, it: &str) -> Result<Raw, E> {
                Ok(Raw::Written(it.to_owned()))
            }
            fn visit_bool<E>(self, it: bool) -> Result<Raw, E> {
                Ok(Raw::Written(it.to_string()))
            }
            fn visit_i64<E>(self, it: i64) -> Result<Raw, E> {
                Ok(Raw::Written(it.to_string()))
            }
            fn visit_u64<E>(self, it: u64) -> Result<Raw, E> {
                Ok(Raw::Written(it.to_string()))
            }
            fn visit_f64<E>(self, it: f64) -> Result<Raw, E> {
                Ok(Raw::Written(it.to_string()))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Raw, A::Error> {
                Literal::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Raw::Kept)
            }
        }
        deserializer.deserialize_any(RawVisitor)
    }
}

/// Command words: `--password=x` and `-ppassword` style secrets are classified like variables.
fn arguments<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Literal>, D::Error> {
    let words: Vec<Raw> = Option::deserialize(deserializer)?.unwrap_or_default();
    let mut before = String::new();
    let mut kept = Vec::with_capacity(words.len());
    for word in words {
        kept.push(match word {
            Raw::Kept(literal) => literal,
            Raw::Written(text) => {
                let literal = match text.split_once('=') {
                    Some((flag, value)) if flag.starts_with('-') => match Literal::classify(flag, value) {
                        Literal::Plain(_) => Literal::classify("", &text),
                        other => other,
                    },
                    _ if matches!(before.as_str(), "-u" | "--user") => match text.split_once(':').map(|it| Literal::classify("password", it.1)) {
                        Some(secret @ Literal::Redacted { .. }) => secret,
                        _ => Literal::classify("", &text),
                    },
                    _ if before.starts_with('-') && !text.starts_with('-') => Literal::classify(&before, &text),
                    _ => Literal::classify("", &text),
                };
                before = if text.contains('=') { String::new() } else { text };
                literal
            }
        });
    }
    Ok(kept)
}

impl PodSpec {
    /// The ServiceAccount the pods run as.
    pub fn service_account(&self) -> &str {
        self.service_account_name.as_deref().or(self.service_account.as_deref()).filter(|it| !it.is_empty()).unwrap_or("default")
    }

    /// Containers that run for the pod's whole life: the app's and the sidecars.
    pub fn running_containers(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().chain(self.init_containers.iter().filter(|it| it.is_sidecar()))
    }

    /// Every container, init containers first.
    pub fn all_containers(&self) -> impl Iterator<Item = &Container> {
        self.init_containers.iter().chain(&self.containers)
    }

    /// Seconds between SIGTERM and SIGKILL (30 unless set).
    pub fn grace_seconds(&self) -> i64 {
        self.termination_grace_period_seconds.unwrap_or(30)
    }

    /// Whether the pods run on Windows.
    pub fn is_windows(&self) -> bool {
        self.os.as_ref().is_some_and(|it| it.name == "windows") || self.node_selector.get("kubernetes.io/os").is_some_and(|it| *it == "windows")
    }

    /// What one pod asks of a node, by resource: the larger of the containers that run together and each init step, plus overhead.
    ///
    /// Source: kubernetes component-helpers/resource/helpers.go PodRequests.
    pub fn requests(&self) -> ResourceList {
        let mut names: Vec<&Text> =
            self.all_containers().flat_map(|it| it.resources.requests.iter().map(|(k, _)| k).chain(it.resources.limits.iter().map(|(k, _)| k))).collect();
        names.extend(self.overhead.iter().map(|(k, _)| k));
        if let Some(pod) = &self.resources {
            names.extend(pod.requests.iter().map(|(k, _)| k));
        }
        names.sort();
        names.dedup();
        names.into_iter().map(|name| (name.clone(), self.request(name))).collect()
    }

    /// What one pod asks of a node of one resource.
    pub fn request(&self, name: &str) -> Quantity {
        let pod_level = self.resources.as_ref().and_then(|it| it.request(name));
        let overhead = self.overhead.get(name).copied().unwrap_or_default();
        if let Some(it) = pod_level {
            return it + overhead;
        }
        let of = |it: &Container| it.resources.request(name).unwrap_or_default();
        let mut sidecars = Quantity::default();
        let mut peak = Quantity::default();
        for init in &self.init_containers {
            if init.is_sidecar() {
                sidecars += of(init);
                peak = peak.max(sidecars);
            } else {
                peak = peak.max(of(init) + sidecars);
            }
        }
        let together: Quantity = self.containers.iter().map(of).sum();
        (together + sidecars).max(peak) + overhead
    }
}

impl Resources {
    /// The request, which defaults to the limit.
    pub fn request(&self, name: &str) -> Option<Quantity> {
        self.requests.get(name).or_else(|| self.limits.get(name)).copied()
    }
}

impl Container {
    /// Whether this init container keeps running beside the app.
    pub fn is_sidecar(&self) -> bool {
        self.restart_policy.as_deref() == Some("Always")
    }

    /// The words that start the container, as far as they are kept.
    pub fn command_line(&self) -> impl Iterator<Item = &str> {
        self.command.iter().chain(&self.args).filter_map(Literal::plain)
    }
}

impl Toleration {
    /// Whether this toleration covers `taint`.
    ///
    /// Source: kubernetes api/core/v1/toleration.go ToleratesTaint.
    pub fn tolerates(&self, taint: &Taint) -> bool {
        if self.effect.as_deref().is_some_and(|it| !it.is_empty() && it != &*taint.effect) {
            return false;
        }
        let key = self.key.as_deref().unwrap_or("");
        if !key.is_empty() && key != &*taint.key {
            return false;
        }
        match self.operator.as_deref().unwrap_or("") {
            "" | "Equal" => self.value.as_deref().unwrap_or("") == taint.value.as_deref().unwrap_or(""),
            "Exists" => true,
            _ => false,
        }
    }
}

impl NodeSelectorTerm {
    /// Whether a node of this name with these labels satisfies all conditions; an empty term is satisfied by none.
    pub fn matches(&self, name: &str, labels: &Labels) -> bool {
        if self.match_expressions.is_empty() && self.match_fields.is_empty() {
            return false;
        }
        self.match_expressions.iter().all(|it| it.matches(labels))
            && self.match_fields.iter().all(|it| {
                let field: Labels = [(Text::new("metadata.name"), Text::new(name))].into_iter().collect();
                it.matches(&field)
            })
    }
}
