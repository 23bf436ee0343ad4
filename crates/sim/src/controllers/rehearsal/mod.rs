//! Deployments, ReplicaSets, StatefulSets, budgets, drains, the loss of nodes, the scheduler and a played kubelet in virtual time: an event heap on (milliseconds, sequence).

mod budgets;
mod drain;
mod node_lifecycle;
mod scheduler;
mod workloads;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use seatrial_model::{IntOrString, Labels, PodSpec, ResourceList, Text};

use crate::ids::{NodeId, PodId};
use crate::schedule::Scheduler;
use crate::state::State;

/// A refused eviction is tried again after this long (kubectl: five seconds).
///
/// Source: kubernetes kubectl/pkg/drain/drain.go.
pub const EVICTION_RETRY_MS: i64 = 5000;
/// How often kubectl looks whether an evicted pod has gone.
pub const DRAIN_POLL_MS: i64 = 1000;

/// A node whose lease stops is noticed after this long: 50 seconds from its last renewal, which was some seconds before.
///
/// Measured on a control plane with default timings.
pub const UNKNOWN_AFTER_MS: i64 = 46_000;
/// Between two nodes of a zone that get their NoExecute taint: 0.1 a second.
///
/// Source: kubernetes pkg/controller/nodelifecycle/config/v1alpha1/defaults.go.
pub const EVICTION_INTERVAL_MS: i64 = 10_000;
/// The same in a large zone of which most nodes are lost: 0.01 a second.
pub const SLOW_EVICTION_INTERVAL_MS: i64 = 100_000;
/// Zones of up to this many nodes stop evicting when most of their nodes are lost.
const SMALL_ZONE: usize = 50;

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

/// A ReplicaSet, or a StatefulSet whose pods keep their names.
#[derive(Clone, Debug, Default)]
pub struct PodSetController {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// `ReplicaSet` or `StatefulSet`.
    pub kind: Text,
    /// `spec.replicas`.
    pub desired: i64,
    /// The template's labels.
    pub labels: Labels,
    /// The template.
    pub spec: Arc<PodSpec>,
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

#[derive(Clone, Debug)]
struct Drain {
    open: Vec<PodId>,
    deadline: i64,
    exit: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Sync,
    Ready(PodId),
    Running(PodId),
    Gone(PodId),
    Evict(usize, PodId),
    Poll(usize),
    Unknown(usize),
    NoExecute(NodeId),
    TaintEvict(PodId),
}

/// The rehearsal.
pub struct Rehearsal {
    /// The cluster.
    pub state: State,
    /// ReplicaSets and StatefulSets.
    pub sets: Vec<PodSetController>,
    /// Deployments.
    pub rollouts: Vec<Rollout>,
    /// Pods, by id.
    pub lives: BTreeMap<PodId, Life>,
    /// How the kubelet treats a pod: namespace, name, specification.
    pub start: fn(&Played, &str, &PodSpec) -> Start,
    /// What `start` consults.
    pub played: Played,
    /// Pods made by controllers, and pods that have gone.
    pub made: usize,
    /// Pods that have gone.
    pub gone: usize,
    scheduler: Scheduler,
    heap: BinaryHeap<Reverse<(i64, u64, Event)>>,
    sequence: u64,
    now: i64,
    serial: u64,
    drains: Vec<Drain>,
    sync_due: bool,
    /// Nodes whose kubelet is gone, and the losses in which they went.
    dead: BTreeSet<NodeId>,
    losses: Vec<Vec<NodeId>>,
    /// Quotas: namespace and the amounts that all its pods together may ask for.
    pub quotas: Vec<(Text, ResourceList)>,
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

impl Rehearsal {
    /// A rehearsal on a cluster at rest.
    pub fn new(state: State, seed: u64, played: Played) -> Self {
        Self {
            state,
            sets: Vec::new(),
            rollouts: Vec::new(),
            lives: BTreeMap::new(),
            start: Played::of,
            played,
            made: 0,
            gone: 0,
            scheduler: Scheduler::new(seed),
            heap: BinaryHeap::new(),
            sequence: 0,
            now: 0,
            serial: 0,
            drains: Vec::new(),
            sync_due: false,
            dead: BTreeSet::new(),
            losses: Vec::new(),
            quotas: Vec::new(),
        }
    }

    /// Virtual milliseconds since the beginning.
    pub fn now(&self) -> i64 {
        self.now
    }

    fn after(&mut self, delay: i64, event: Event) {
        self.sequence += 1;
        self.heap.push(Reverse((self.now + delay, self.sequence, event)));
    }

    /// The controllers look again.
    pub fn touch(&mut self) {
        if !self.sync_due {
            self.sync_due = true;
            // A watch event reaches a controller within milliseconds.
            self.after(5, Event::Sync);
        }
    }

    /// Lets time pass.
    pub fn run_until(&mut self, end: i64) {
        while let Some(Reverse((at, _, event))) = self.heap.peek().copied().filter(|it| it.0.0 <= end) {
            self.heap.pop();
            self.now = at;
            self.happen(event);
        }
        self.now = end;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Sync => self.sync(),
            Event::Running(pod) | Event::Ready(pod) => {
                let ready = matches!(event, Event::Ready(_));
                if let Some(life) = self.lives.get_mut(&pod).filter(|it| !it.gone) {
                    life.running = true;
                    life.ready |= ready;
                }
                self.touch();
            }
            Event::Gone(pod) => {
                if let Some(life) = self.lives.get_mut(&pod).filter(|it| !it.gone) {
                    life.gone = true;
                    life.ready = false;
                    self.gone += 1;
                    self.state.delete_pod(pod);
                }
                self.touch();
            }
            Event::Evict(drain, pod) => self.evict(drain, pod),
            Event::Poll(drain) => self.poll(drain),
            Event::Unknown(loss) => self.notice(loss),
            Event::NoExecute(node) => self.evict_by_taint(node),
            Event::TaintEvict(pod) => self.stop(pod),
        }
    }
}
