//! Deployments, ReplicaSets, StatefulSets, budgets, drains, the loss of nodes, the scheduler and a played kubelet in virtual time: an event heap on (milliseconds, sequence).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use seatrial_model::pod::{Taint, Toleration};
use seatrial_model::{IntOrString, Labels, PodSpec, Quantity, ResourceList, Text};

use super::deployment::{Replicas, cleanup_unhealthy, max_scaled_down, new_replicas, resolve_fenceposts, scale_down_old};
use super::disruption::{Protected, count};
use super::taint_eviction::{Stay, stay};
use crate::budgets::BudgetStatus;
use crate::evict::{Eviction, Health};
use crate::ids::{NodeId, PodId};
use crate::nodes::zone_key;
use crate::pods::{Owner, PodFacts};
use crate::requests::{RequestOptions, pod_requests};
use crate::schedule::{Outcome, Scheduler};
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

    // ---- drain ----

    /// Cordons or uncordons a node.
    pub fn cordon(&mut self, node: NodeId, on: bool) {
        let mut facts = self.state.node_facts(node);
        facts.unschedulable = on;
        facts.taints.retain(|it| &*it.key != "node.kubernetes.io/unschedulable");
        if on {
            facts.taints.push(Taint { key: "node.kubernetes.io/unschedulable".into(), effect: "NoSchedule".into(), ..Taint::default() });
        }
        self.state.update_node(node, facts);
        self.touch();
    }

    /// Begins `kubectl drain`; its exit code is known later.
    ///
    /// Source: kubernetes kubectl/pkg/drain (filters.go, drain.go).
    pub fn drain(&mut self, node: NodeId, flags: DrainFlags) -> usize {
        self.cordon(node, true);
        let pods: Vec<PodId> = self.state.pods_on(node).to_vec();
        let life = |it: &PodId| self.lives.get(it).cloned().unwrap_or_default();
        let refused = pods.iter().map(life).any(|it| {
            (it.daemon && !flags.ignore_daemonsets)
                || (!it.daemon && it.set.is_none() && !flags.force)
                || (!it.daemon && it.empty_dir && !flags.delete_emptydir_data)
        });
        let open: Vec<PodId> = if refused { Vec::new() } else { pods.into_iter().filter(|it| !life(it).daemon).collect() };
        let id = self.drains.len();
        let deadline = flags.timeout.map_or(i64::MAX, |it| self.now + it);
        self.drains.push(Drain { open: open.clone(), deadline, exit: refused.then_some(1) });
        if !refused {
            open.iter().for_each(|pod| self.after(50, Event::Evict(id, *pod)));
            self.after(DRAIN_POLL_MS, Event::Poll(id));
        }
        id
    }

    /// The exit code of a drain that has ended.
    pub fn exit(&self, drain: usize) -> Option<i32> {
        self.drains[drain].exit
    }

    fn evict(&mut self, drain: usize, pod: PodId) {
        if self.drains[drain].exit.is_some() || self.lives.get(&pod).is_none_or(|it| it.gone) {
            return;
        }
        let life = &self.lives[&pod];
        let health = if !life.running {
            Health::NotRunning
        } else if life.ready {
            Health::Ready
        } else {
            Health::Unready
        };
        match self.state.evict(pod, health, self.now) {
            Eviction::Granted | Eviction::Charged(_) => self.stop(pod),
            Eviction::Refused(_) | Eviction::NotObserved(_) => self.after(EVICTION_RETRY_MS, Event::Evict(drain, pod)),
            Eviction::Ambiguous(_) => self.drains[drain].exit = Some(1),
        }
    }

    fn poll(&mut self, drain: usize) {
        if self.drains[drain].exit.is_some() {
            return;
        }
        let lives = &self.lives;
        let it = &mut self.drains[drain];
        it.open.retain(|pod| lives.get(pod).is_some_and(|life| !life.gone));
        if it.open.is_empty() {
            it.exit = Some(0);
        } else if self.now >= it.deadline {
            it.exit = Some(1);
        } else {
            let next = DRAIN_POLL_MS.min(it.deadline - self.now).max(1);
            self.after(next, Event::Poll(drain));
        }
    }

    /// Deletes a pod gracefully.
    fn stop(&mut self, pod: PodId) {
        if self.state.is_terminating(pod) {
            return;
        }
        self.state.terminate(pod);
        // A pod that no kubelet has goes at once; one whose kubelet is dead does not go at all.
        match self.state.node_of(pod) {
            None => self.after(0, Event::Gone(pod)),
            Some(node) if !self.dead.contains(&node) => self.after(self.played.stop, Event::Gone(pod)),
            Some(_) => {}
        }
        self.touch();
    }

    // ---- node lifecycle ----

    /// The kubelets of these nodes die. Nodes of a zone are evicted in the order given, which is at random in a real cluster.
    ///
    /// Source: kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go.
    pub fn lose(&mut self, nodes: &[NodeId]) {
        self.dead.extend(nodes);
        self.losses.push(nodes.to_vec());
        self.after(UNKNOWN_AFTER_MS, Event::Unknown(self.losses.len() - 1));
    }

    fn taint(&mut self, node: NodeId, effect: &str) {
        let mut facts = self.state.node_facts(node);
        facts.taints.push(Taint { key: "node.kubernetes.io/unreachable".into(), effect: effect.into(), ..Taint::default() });
        self.state.update_node(node, facts);
    }

    /// The nodes are marked and their pods are no longer Ready; each zone evicts at the pace of its state.
    fn notice(&mut self, loss: usize) {
        let nodes = self.losses[loss].clone();
        for node in &nodes {
            self.taint(*node, "NoSchedule");
            for pod in self.state.pods_on(*node).to_vec() {
                if let Some(life) = self.lives.get_mut(&pod) {
                    life.ready = false;
                }
            }
        }
        let mut zones: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
        for node in nodes {
            zones.entry(zone_key(self.state.node_labels(node))).or_default().push(node);
        }
        for (zone, lost) in zones {
            // The first node goes by the limiter's burst, even where the zone then stops.
            let interval = self.interval(&zone);
            let count = if interval.is_some() { lost.len() } else { 1 };
            for (at, node) in lost.into_iter().take(count).enumerate() {
                self.after(100 + at as i64 * interval.unwrap_or(0), Event::NoExecute(node));
            }
        }
        self.touch();
    }

    /// Between two evictions of a zone; `None` where it does not evict.
    fn interval(&self, zone: &str) -> Option<i64> {
        let of = |zone: Option<&str>| {
            let all = self.state.node_ids().filter(|it| zone.is_none_or(|zone| zone_key(self.state.node_labels(*it)) == zone));
            let all: Vec<NodeId> = all.collect();
            (all.iter().filter(|it| self.dead.contains(it)).count(), all.len())
        };
        let ((everywhere, nodes), (lost, size)) = (of(None), of(Some(zone)));
        let partial = lost < size && lost > 2 && lost * 100 >= size * 55;
        match (everywhere == nodes, partial) {
            (true, _) => None,
            (_, true) if size <= SMALL_ZONE => None,
            (_, true) => Some(SLOW_EVICTION_INTERVAL_MS),
            _ => Some(EVICTION_INTERVAL_MS),
        }
    }

    fn evict_by_taint(&mut self, node: NodeId) {
        self.taint(node, "NoExecute");
        let taints = self.state.node_facts(node).taints;
        for pod in self.state.pods_on(node).to_vec() {
            if let Stay::Seconds(seconds) = stay(&taints, &self.state.spec(pod).tolerations) {
                self.after(seconds * 1000, Event::TaintEvict(pod));
            }
        }
        self.touch();
    }

    // ---- controllers ----

    fn sync(&mut self) {
        self.sync_due = false;
        self.sync_budgets();
        (0..self.rollouts.len()).for_each(|at| self.sync_rollout(at));
        (0..self.sets.len()).for_each(|at| self.sync_set(at));
        self.schedule();
        self.sync_budgets();
        for at in 0..self.rollouts.len() {
            let ready = self.rollouts[at].sets.iter().map(|it| self.available(*it)).sum();
            let least = &mut self.rollouts[at].least_ready;
            *least = Some(least.map_or(ready, |it| it.min(ready)));
        }
    }

    fn members(&self, set: usize) -> impl Iterator<Item = (PodId, &Life)> {
        self.lives.iter().filter(move |it| it.1.set == Some(set) && !it.1.gone).map(|it| (*it.0, it.1))
    }

    /// Pods of a controller that count: those not asked to go.
    fn active(&self, set: usize) -> Vec<PodId> {
        self.members(set).map(|it| it.0).filter(|it| !self.state.is_terminating(*it)).collect()
    }

    /// Available pods of a controller.
    pub fn available(&self, set: usize) -> i64 {
        self.active(set).iter().filter(|it| self.lives[it].ready).count() as i64
    }

    fn sync_set(&mut self, at: usize) {
        if &*self.sets[at].kind == "StatefulSet" {
            return self.sync_stateful(at);
        }
        let active = self.active(at);
        let missing = self.sets[at].desired - active.len() as i64;
        for _ in 0..missing.max(0) {
            if !self.admits(at) {
                // The controller backs off and tries again.
                self.after(1000, Event::Sync);
                break;
            }
            let name = format!("{}-made{}", self.sets[at].name, self.serial);
            self.made += 1;
            self.make(at, name);
        }
        if missing < 0 {
            for pod in self.to_delete(&active).into_iter().take(missing.unsigned_abs() as usize) {
                self.stop(pod);
            }
        }
    }

    /// Whether the quotas of the namespace leave room for one more pod.
    ///
    /// Source: kubernetes pkg/quota/v1/evaluator/core/pods.go.
    fn admits(&self, at: usize) -> bool {
        let set = &self.sets[at];
        let asked = pod_requests(&set.spec, None, &RequestOptions::default());
        self.quotas.iter().filter(|it| it.0 == set.namespace).all(|(namespace, hard)| {
            let mine = || self.lives.iter().filter(|it| !it.1.gone && self.state.pod_name(*it.0).0 == namespace).map(|it| *it.0);
            hard.iter().all(|(name, limit)| match name.strip_prefix("requests.").unwrap_or(name) {
                "pods" | "count/pods" => mine().count() as i64 + 1 <= limit.value(),
                resource @ ("cpu" | "memory") => {
                    let of = |list: &ResourceList| list.get(resource).copied().unwrap_or_default();
                    let used: Quantity = mine().map(|it| of(&pod_requests(self.state.spec(it), None, &RequestOptions::default()))).sum();
                    used + of(&asked) <= *limit
                }
                _ => true,
            })
        })
    }

    /// Pods one after another: a missing one is made when those before it are Ready; an update goes from the last to the first.
    ///
    /// Source: kubernetes pkg/controller/statefulset/stateful_set_control.go.
    fn sync_stateful(&mut self, at: usize) {
        let mut by_name: BTreeMap<String, PodId> = BTreeMap::new();
        for (pod, _) in self.members(at) {
            by_name.insert(self.state.pod_name(pod).1.to_string(), pod);
        }
        let name = |ordinal: i64| format!("{}-{ordinal}", self.sets[at].name);
        let pods: Vec<Option<PodId>> = (0..self.sets[at].desired).map(|it| by_name.get(&name(it)).copied()).collect();
        for (ordinal, pod) in pods.iter().enumerate() {
            match pod {
                None => return self.make(at, name(ordinal as i64)),
                Some(pod) if self.state.is_terminating(*pod) || !self.lives[pod].ready => return,
                Some(_) => {}
            }
        }
        let wanted: Vec<Text> = self.sets[at].spec.containers.iter().map(|it| it.image.clone()).collect();
        let outdated = |pod: &&PodId| !self.state.spec(**pod).containers.iter().map(|it| &it.image).eq(&wanted);
        if let Some(pod) = pods.iter().flatten().rev().find(outdated).copied() {
            self.stop(pod);
        }
    }

    /// Which pods go first: without a node, not running, not ready, two on a node, newest.
    ///
    /// Source: kubernetes pkg/controller/controller_utils.go ActivePodsWithRanks.
    fn to_delete(&self, active: &[PodId]) -> Vec<PodId> {
        let together = |pod: &PodId| active.iter().filter(|it| self.state.node_of(**it) == self.state.node_of(*pod)).count();
        let mut all = active.to_vec();
        all.sort_by_key(|it| {
            let life = &self.lives[it];
            (self.state.node_of(*it).is_some(), life.running, life.ready, Reverse(together(it)), Reverse(life.created), *it)
        });
        all
    }

    fn make(&mut self, at: usize, name: String) {
        let set = &self.sets[at];
        self.serial += 1;
        let stateful = &*set.kind == "StatefulSet";
        let owner = Owner { api_version: "apps/v1".into(), kind: set.kind.clone(), name: set.name.clone() };
        let mut spec = with_default_tolerations(&set.spec);
        if stateful {
            spec = with_claims(&spec, &name);
        }
        let facts =
            PodFacts { namespace: set.namespace.clone(), name: name.into(), labels: set.labels.clone(), owner: Some(owner), spec, ..PodFacts::default() };
        let pod = self.state.add_pod(&facts);
        self.lives.insert(pod, Life { set: Some(at), created: self.now, ..Life::default() });
        self.touch();
    }

    fn sync_rollout(&mut self, at: usize) {
        let rollout = self.rollouts[at].clone();
        let old: Vec<usize> = rollout.sets.iter().copied().filter(|it| *it != rollout.current).collect();
        if rollout.recreate {
            return self.sync_recreate(&rollout, &old);
        }
        let Some(posts) = resolve_fenceposts(rollout.max_surge.as_ref(), rollout.max_unavailable.as_ref(), rollout.replicas) else { return };
        let all: i64 = rollout.sets.iter().map(|it| self.sets[*it].desired).sum();
        let new = self.sets[rollout.current].desired;
        let next = new_replicas(rollout.replicas, posts.surge, new, all);
        if next != new {
            self.sets[rollout.current].desired = next;
            return self.touch();
        }
        let replicas = |it: usize| Replicas { replicas: self.sets[it].desired, available: self.available(it) };
        let mut olds: Vec<Replicas> = old.iter().map(|it| replicas(*it)).collect();
        let current = replicas(rollout.current);
        let most = max_scaled_down(rollout.replicas, posts.unavailable, olds.iter().map(|it| it.replicas).sum(), current);
        if most <= 0 || olds.iter().all(|it| it.replicas == 0) {
            return;
        }
        let available = current.available + olds.iter().map(|it| it.available).sum::<i64>();
        let changed = cleanup_unhealthy(&mut olds, most) + scale_down_old(&mut olds, rollout.replicas, posts.unavailable, available);
        for (set, it) in old.iter().zip(&olds) {
            self.sets[*set].desired = it.replicas;
        }
        if changed > 0 {
            self.touch();
        }
    }

    fn sync_recreate(&mut self, rollout: &Rollout, old: &[usize]) {
        old.iter().for_each(|it| self.sets[*it].desired = 0);
        if old.iter().all(|it| self.members(*it).next().is_none()) {
            self.sets[rollout.current].desired = rollout.replicas;
        }
    }

    fn sync_budgets(&mut self) {
        for id in self.state.budget_ids() {
            let budget = self.state.budget(id).clone();
            let mine: Vec<(PodId, &Life)> = self
                .lives
                .iter()
                .filter(|it| !it.1.gone && budget.protects(self.state.pod_name(*it.0).0, self.state.pod_labels(*it.0)))
                .map(|it| (*it.0, it.1))
                .collect();
            let pods: Vec<Protected> = mine
                .iter()
                .map(|(pod, life)| Protected { name: self.state.pod_name(*pod).1.to_string(), ready: life.ready, terminating: self.state.is_terminating(*pod) })
                .collect();
            let mut owners: Vec<usize> = mine.iter().filter_map(|it| it.1.set).map(|it| self.owner_of(it)).collect();
            owners.sort_unstable();
            owners.dedup();
            let scale = owners.iter().map(|it| self.scale_of(*it)).sum();
            let Some(counts) = count(&budget, &pods, Some(scale), self.now) else { continue };
            let disrupted = budget.status.disrupted.iter().filter(|it| pods.iter().any(|pod| pod.name == **it.0 && !pod.terminating));
            let status = BudgetStatus {
                observed: true,
                disruptions_allowed: counts.allowed,
                current_healthy: counts.healthy,
                desired_healthy: counts.desired,
                expected_pods: counts.expected,
                disrupted: disrupted.map(|it| (it.0.clone(), *it.1)).collect(),
            };
            self.state.set_budget_status(id, status);
        }
    }

    /// ReplicaSets of one Deployment count as one controller: the position of its current one.
    fn owner_of(&self, set: usize) -> usize {
        self.rollouts.iter().find(|it| it.sets.contains(&set)).map_or(set, |it| it.current)
    }

    fn scale_of(&self, set: usize) -> i64 {
        self.rollouts.iter().find(|it| it.current == set).map_or(self.sets[set].desired, |it| it.replicas)
    }

    // ---- scheduler and kubelet ----

    fn schedule(&mut self) {
        let waiting = |it: &(&PodId, &Life)| !it.1.gone && self.state.node_of(*it.0).is_none() && !self.state.is_terminating(*it.0);
        let mut pending: Vec<PodId> = self.lives.iter().filter(waiting).map(|it| *it.0).collect();
        pending.sort_by_key(|it| (Reverse(self.state.priority(*it)), self.lives[it].created, *it));
        for pod in pending {
            match self.scheduler.schedule(&mut self.state, pod) {
                Outcome::Found(_) => self.begin_pod(pod),
                Outcome::Unschedulable(error) => {
                    let seed = self.scheduler.seed();
                    let attempt = self.state.preempt(pod, &error, seed);
                    if let Some(candidate) = self.state.pick_candidate(pod, &attempt.candidates, seed).cloned() {
                        for victim in self.state.nominate_by_preemption(pod, &candidate) {
                            self.stop(victim);
                            self.state.terminate_preempted(victim);
                        }
                    }
                }
                Outcome::NoNodes | Outcome::Gated => {}
            }
        }
    }

    fn begin_pod(&mut self, pod: PodId) {
        let (namespace, name) = self.state.pod_name(pod);
        let start = (self.start)(&self.played, &format!("{namespace}/{name}"), self.state.spec(pod));
        match start {
            Start::After(delay) => self.after(delay, Event::Ready(pod)),
            Start::NeverReady => self.after(self.played.start, Event::Running(pod)),
            Start::Never => {}
        }
        self.touch();
    }

    /// Pods whose containers do not run yet.
    pub fn pending(&self) -> usize {
        self.lives.values().filter(|it| !it.gone && !it.running).count()
    }
}

/// Admission lets every pod stay five minutes on a node that is not ready or unreachable.
///
/// Source: kubernetes plugin/pkg/admission/defaulttolerationseconds.
fn with_default_tolerations(spec: &Arc<PodSpec>) -> Arc<PodSpec> {
    let mut spec = (**spec).clone();
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let covers = |it: &Toleration| {
            let any = it.key.as_deref().unwrap_or("").is_empty() || it.key.as_deref() == Some(key);
            any && matches!(it.effect.as_deref().unwrap_or(""), "" | "NoExecute")
        };
        if !spec.tolerations.iter().any(covers) {
            spec.tolerations.push(Toleration {
                key: Some(key.into()),
                operator: Some("Exists".into()),
                effect: Some("NoExecute".into()),
                toleration_seconds: Some(300),
                ..Toleration::default()
            });
        }
    }
    Arc::new(spec)
}

/// The claims of a StatefulSet's pod carry its name.
fn with_claims(spec: &Arc<PodSpec>, pod: &str) -> Arc<PodSpec> {
    let mut spec = (**spec).clone();
    for claim in spec.volumes.iter_mut().filter_map(|it| it.persistent_volume_claim.as_mut()) {
        let template = claim.claim_name.split('-').next().unwrap_or("").to_owned();
        claim.claim_name = format!("{template}-{pod}").into();
    }
    Arc::new(spec)
}
