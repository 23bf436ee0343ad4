//! What a rehearsal is told: controllers, what is known of pods, and how the played kubelet treats them.

use std::sync::Arc;

use seatrial_model::pod::ClaimTemplate;
use seatrial_model::{IntOrString, Labels, PodSpec, Text};

/// How the played kubelet treats a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Ready after so many milliseconds.
    After(i64),
    /// Runs, and never becomes Ready.
    NeverReady,
    /// Its image never comes.
    Never,
}

/// A ReplicaSet, a StatefulSet whose pods keep their names, a DaemonSet or a Job.
#[derive(Clone, Debug, Default)]
pub struct PodSetController {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// `ReplicaSet`, `StatefulSet`, `DaemonSet` or `Job`.
    pub kind: Text,
    /// `spec.replicas`; a DaemonSet's follows from the nodes, a Job's from its plan.
    pub desired: i64,
    /// The template's labels.
    pub labels: Labels,
    /// The template.
    pub spec: Arc<PodSpec>,
}

/// What a controller's specification says beyond number and template.
#[derive(Clone, Debug, Default)]
pub struct SetPolicy {
    /// `spec.minReadySeconds`: Ready for so long before a pod counts as available.
    pub min_ready_seconds: i64,
    /// Milliseconds until a pod is Ready; what the played kubelet does with other pods where it is not known.
    pub start: Option<i64>,
    /// StatefulSet: `podManagementPolicy: Parallel`.
    pub parallel: bool,
    /// StatefulSet: ordinals below this one are not updated.
    pub partition: i64,
    /// StatefulSet: claims that are made for each pod.
    pub claims: Vec<ClaimTemplate>,
    /// Pods are replaced only when somebody deletes them: strategy `OnDelete`.
    pub on_delete: bool,
}

/// A Deployment.
#[derive(Clone, Debug, Default)]
pub struct Rollout {
    /// Name.
    pub name: Text,
    /// `spec.replicas`.
    pub replicas: i64,
    /// `maxSurge`.
    pub max_surge: Option<IntOrString>,
    /// `maxUnavailable`.
    pub max_unavailable: Option<IntOrString>,
    /// Strategy `Recreate`.
    pub recreate: bool,
    /// Its ReplicaSets (positions in the list of controllers), oldest first.
    pub sets: Vec<usize>,
    /// The one that the template asks for.
    pub current: usize,
    /// The fewest Ready pods there have been.
    pub least_ready: Option<i64>,
}

/// What is known of a pod beside its place.
#[derive(Clone, Debug, Default)]
pub struct Life {
    /// Position of its controller.
    pub set: Option<usize>,
    /// Owned by a DaemonSet.
    pub daemon: bool,
    /// Mounts an emptyDir.
    pub empty_dir: bool,
    /// Ready.
    pub ready: bool,
    /// Its containers run.
    pub running: bool,
    /// Its process is gone and so is the object.
    pub gone: bool,
    /// Milliseconds since the beginning; existing pods have negative ones.
    pub created: i64,
    /// Since when it is Ready, in milliseconds since the beginning; before it where that is 0 and it is Ready.
    pub ready_since: i64,
    /// Its node's object is gone, the pod's is not.
    pub orphan: bool,
    /// It ran to its end.
    pub succeeded: bool,
}

/// The flags of `kubectl drain`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DrainFlags {
    /// `--ignore-daemonsets`.
    pub ignore_daemonsets: bool,
    /// `--delete-emptydir-data`.
    pub delete_emptydir_data: bool,
    /// `--force`.
    pub force: bool,
    /// `--timeout` in milliseconds.
    pub timeout: Option<i64>,
}

/// Times of the played kubelet, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// Until a pod is Ready.
    pub start: i64,
    /// Until a terminating pod has gone.
    pub stop: i64,
    /// Prefix of `namespace/name`, and what happens to such pods.
    pub rules: Vec<(String, Option<i64>)>,
    /// An image that never comes.
    pub never: Option<String>,
}

impl Played {
    /// The rule of a pod.
    pub fn of(&self, name: &str, spec: &PodSpec) -> Start {
        if spec.containers.iter().any(|it| Some(it.image.as_str()) == self.never.as_deref()) {
            return Start::Never;
        }
        match self.rules.iter().find(|it| name.starts_with(&it.0)) {
            Some((_, Some(more))) => Start::After(self.start + more),
            Some((_, None)) => Start::NeverReady,
            None => Start::After(self.start),
        }
    }
}
