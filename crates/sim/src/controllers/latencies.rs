//! Every delay of the rehearsal: its name, its default and where that default comes from; each can be overridden.

use std::collections::BTreeMap;
use std::fmt;

/// A named delay.
#[derive(Debug, PartialEq, Eq)]
pub struct Latency {
    /// The name under which it is overridden.
    pub name: &'static str,
    /// The default in milliseconds.
    pub milliseconds: i64,
    /// Where the default is from.
    pub source: &'static str,
}

macro_rules! latencies {
    ($($(#[$m:meta])* $id:ident = $name:literal, $milliseconds:expr, $source:literal;)*) => {
        $($(#[$m])* pub const $id: Latency = Latency { name: $name, milliseconds: $milliseconds, source: $source };)*

        /// Every delay, in the order of this file.
        pub const ALL: &[&Latency] = &[$(&$id),*];
    };
}

latencies! {
    /// From binding until a pod is Ready, where nothing better is known of its set.
    POD_START = "pod-start", 15_000, "from binding to containers running, where the inputs hold no pod to measure; readiness initialDelaySeconds comes on top (assumed)";
    /// From the deletion of a pod until it has gone.
    POD_STOP = "pod-stop", 10_000, "from deletion until the pod has gone (assumed; at most terminationGracePeriodSeconds)";
    /// From the death of a kubelet until its node's Ready is Unknown: 50 s since its last renewal, which was some seconds before.
    NODE_UNKNOWN = "node-unknown", 46_000, "node-monitor-grace-period 50 s (kubernetes nodelifecycle/config/v1alpha1/defaults.go), measured 46 s on a control plane";
    /// Between two nodes of a zone that get their NoExecute taint.
    NODE_EVICTION = "node-eviction", 10_000, "node-eviction-rate 0.1/s (kubernetes nodelifecycle/config/v1alpha1/defaults.go)";
    /// The same in a large zone of which most nodes are lost.
    NODE_EVICTION_SLOW = "node-eviction-slow", 100_000, "secondary-node-eviction-rate 0.01/s (kubernetes nodelifecycle/config/v1alpha1/defaults.go)";
    /// How long the API server lets a pod stay on a node that is not ready or unreachable, unless the pod says otherwise.
    DEFAULT_TOLERATION = "default-toleration", 300_000, "kubernetes plugin/pkg/admission/defaulttolerationseconds";
    /// Between two looks of the cloud node controller at nodes that are not ready.
    CLOUD_NODE_CHECK = "cloud-node-check", 5000, "node-monitor-period 5 s (kubernetes cloud-provider/controllers/nodelifecycle)";
    /// Between two rounds of pod garbage collection.
    POD_GC_PERIOD = "pod-gc-period", 20_000, "gcCheckPeriod (kubernetes pkg/controller/podgc/gc_controller.go)";
    /// How long a node must be missing before its pods are collected.
    POD_GC_QUARANTINE = "pod-gc-quarantine", 40_000, "quarantineTime (kubernetes pkg/controller/podgc/gc_controller.go)";
    /// How long a volume waits for a node that is not healthy to let go of it.
    FORCE_DETACH = "force-detach", 360_000, "reconcilerMaxWaitForUnmountDuration (kubernetes pkg/controller/volume/attachdetach)";
    /// From the end of the last pod that used a volume until it is free, on a healthy node.
    DETACH = "detach", 5000, "stated default: EBS detaches within seconds";
    /// From the request until a volume can be mounted on its next node.
    ATTACH = "attach", 5000, "stated default: EBS attaches within seconds";
    /// The first wait of a pod that could not be scheduled.
    SCHEDULER_BACKOFF = "scheduler-backoff", 1000, "podInitialBackoffSeconds (kubernetes pkg/scheduler/apis/config/v1/defaults.go)";
    /// The longest wait of such a pod.
    SCHEDULER_BACKOFF_MAX = "scheduler-backoff-max", 10_000, "podMaxBackoffSeconds (kubernetes pkg/scheduler/apis/config/v1/defaults.go)";
    /// After this long a pod is tried again, whatever has happened.
    SCHEDULER_FLUSH = "scheduler-flush", 300_000, "DefaultPodMaxInUnschedulablePodsDuration (kubernetes pkg/scheduler/backend/queue/scheduling_queue.go)";
    /// The first wait of a controller whose request was refused; it doubles.
    CONTROLLER_BACKOFF = "controller-backoff", 5, "DefaultTypedControllerRateLimiter (kubernetes client-go/util/workqueue/default_rate_limiters.go)";
    /// The longest wait of such a controller.
    CONTROLLER_BACKOFF_MAX = "controller-backoff-max", 1_000_000, "DefaultTypedControllerRateLimiter (kubernetes client-go/util/workqueue/default_rate_limiters.go)";
    /// The first wait before a failed pod of a Job is replaced; it doubles.
    JOB_BACKOFF = "job-backoff", 10_000, "DefaultJobPodFailureBackOff (kubernetes pkg/controller/job/job_controller.go)";
    /// The longest wait before a failed pod of a Job is replaced.
    JOB_BACKOFF_MAX = "job-backoff-max", 600_000, "MaxJobPodFailureBackOff (kubernetes pkg/controller/job/job_controller.go)";
    /// How long a pod of a Job runs, where nothing better is known.
    JOB_RUN = "job-run", 60_000, "stated default";
    /// Between two looks of the horizontal pod autoscaler.
    HPA_SYNC = "hpa-sync", 15_000, "horizontal-pod-autoscaler-sync-period (kubernetes pkg/controller/podautoscaler/config/v1alpha1/defaults.go)";
    /// How long the highest recommendation holds against a smaller one.
    HPA_DOWNSCALE_STABILIZATION = "hpa-downscale-stabilization", 300_000, "horizontal-pod-autoscaler-downscale-stabilization (kubernetes pkg/controller/podautoscaler/config/v1alpha1/defaults.go)";
    /// From a change of load until the metrics API shows it.
    METRICS = "metrics", 15_000, "metric-resolution of metrics-server";
    /// Between two scans of Cluster Autoscaler.
    AUTOSCALER_SCAN = "autoscaler-scan", 10_000, "--scan-interval (kubernetes/autoscaler cluster-autoscaler/FAQ.md)";
    /// From the launch of an instance until its node is ready: EC2, kubelet, network plugin.
    NODE_PROVISION = "node-provision", 60_000, "stated default: an EKS AMI joins within about a minute";
    /// From the end of an instance until its Auto Scaling group launches another.
    GROUP_REPLACE = "group-replace", 60_000, "stated default: EC2 status checks run every minute";
    /// Karpenter waits for further pods until this long has passed without one.
    KARPENTER_BATCH_IDLE = "karpenter-batch-idle", 1000, "BATCH_IDLE_DURATION (kubernetes-sigs/karpenter pkg/operator/options)";
    /// Karpenter waits for further pods at most this long.
    KARPENTER_BATCH_MAX = "karpenter-batch-max", 10_000, "BATCH_MAX_DURATION (kubernetes-sigs/karpenter pkg/operator/options)";
    /// How long the update of a managed node group waits for a node to be empty.
    NODE_GROUP_DRAIN = "node-group-drain", 900_000, "EKS user guide, managed-node-update-behavior: 15 minutes, then PodEvictionFailure";
    /// From the end of a node's drain until its instance is ended.
    NODE_GROUP_SETTLE = "node-group-settle", 60_000, "EKS user guide, managed-node-update-behavior: 60 seconds";
    /// From the notice of a spot interruption until the instance is gone.
    SPOT_NOTICE = "spot-notice", 120_000, "EC2 user guide, Spot Instance interruption notices: two minutes";
    /// Until what a controller watches reaches it.
    WATCH = "watch", 5, "measured: milliseconds on a control plane";
    /// Between two tries of a refused eviction.
    EVICTION_RETRY = "eviction-retry", 5000, "kubernetes kubectl/pkg/drain/drain.go";
}

/// The delays of one rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies {
    overrides: BTreeMap<&'static str, i64>,
}

/// There is no delay of this name, or the value is negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotALatency(pub String);

impl fmt::Display for NotALatency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = ALL.iter().map(|it| it.name).collect();
        write!(f, "{}: not a delay with a time of 0 or more\nhelp: the delays are {}", self.0, names.join(", "))
    }
}

impl std::error::Error for NotALatency {}

impl Latencies {
    /// A delay in milliseconds.
    pub fn of(&self, latency: &Latency) -> i64 {
        self.overrides.get(latency.name).copied().unwrap_or(latency.milliseconds)
    }

    /// Overrides a delay.
    ///
    /// # Errors
    /// When there is no delay of this name, or `milliseconds` is negative.
    pub fn set(&mut self, name: &str, milliseconds: i64) -> Result<(), NotALatency> {
        let known = ALL.iter().find(|it| it.name == name).filter(|_| milliseconds >= 0);
        let known = known.ok_or_else(|| NotALatency(name.to_owned()))?;
        self.overrides.insert(known.name, milliseconds);
        Ok(())
    }

    /// What was overridden, by name, in milliseconds.
    pub fn overridden(&self) -> &BTreeMap<&'static str, i64> {
        &self.overrides
    }
}
