//! One run of a rehearsal: a fork of the world in which things are done to it, and time passes.

mod closure;
mod drains;
mod growth;
mod scaling;

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::pod::Taint;
use seatrial_sim::controllers::latencies::{Latencies, POD_START, POD_STOP, SPOT_NOTICE};
use seatrial_sim::controllers::rehearsal::{Handler, Played, PodSetController, Rehearsal, SetPolicy};
use seatrial_sim::{NodeFacts, NodeId, PodId, State};

pub use closure::{closure, owners};

use crate::request::Loss;
use crate::say;
use crate::watch::Watch;
use crate::world::Facts;

/// Nothing is waited for longer than this (virtual milliseconds).
pub const HORIZON_MS: i64 = 12 * 3_600_000;
/// Retries that changed nothing for this long will not change anything.
const PATIENCE_MS: i64 = 15 * 60_000;
/// A run.
pub struct Stage<'w> {
    /// The world as it is.
    pub world: &'w Facts,
    /// The fork.
    pub rehearsal: Rehearsal,
    /// What was seen so far.
    pub watch: Watch,
    /// Units that are simulated.
    pub units: Vec<usize>,
    /// The seed.
    pub seed: u64,
    /// Durations.
    pub latencies: &'w Latencies,
    /// Why the operation cannot come to its end.
    pub stuck: Vec<String>,
    /// Nodes that are being drained.
    pub drained: BTreeSet<NodeId>,
    /// When the operation came to its end.
    pub ended_at: Option<i64>,
    /// Pods that could not be evicted in time.
    pub held: Vec<PodId>,
    /// Nodes that kubectl refused to drain, and the pods for which it did.
    pub refused: Vec<(String, String)>,
    /// The unit whose load grows, where that is what is rehearsed.
    pub grown: Option<usize>,
    /// Autoscalers whose maximum is below what the load asks for: the unit, and how many pods it asks for.
    pub capped: Vec<(usize, i64)>,
    added: Vec<(usize, usize)>,
    /// From positions in the world's sets to those in the rehearsal's.
    local: BTreeMap<usize, usize>,
    /// Autoscalers of workloads, in the order of the rehearsal's.
    scalers: Vec<scaling::OnStage>,
    /// So many of their steps are in the timeline.
    scalings_told: usize,
}

impl<'w> Stage<'w> {
    /// A stage on which `units` and everything that depends on them are simulated.
    pub fn new(world: &'w Facts, state: State, seed: u64, units: Vec<usize>, latencies: &'w Latencies) -> Self {
        let mut order: Vec<usize> = units.iter().flat_map(|it| world.units[*it].sets.iter().copied()).collect();
        order.sort_unstable();
        let mut rehearsal = Rehearsal::new(state, seed, Played { stop: latencies.of(&POD_STOP), ..Played::default() });
        let local: BTreeMap<usize, usize> = order.iter().enumerate().map(|(at, set)| (*set, at)).collect();
        rehearsal.sets = order.iter().map(|it| world.sets[*it].clone()).collect();
        for it in world.rollings.iter().filter(|it| units.binary_search(&it.unit).is_ok()) {
            let mut rollout = it.rollout.clone();
            rollout.sets = rollout.sets.iter().filter_map(|it| local.get(it)).copied().collect();
            rollout.current = local.get(&rollout.current).copied().unwrap_or(0);
            rehearsal.rollouts.push(rollout);
        }
        for unit in &units {
            for pod in &world.units[*unit].pods {
                let mut life = world.lives.get(pod).cloned().unwrap_or_default();
                life.set = life.set.and_then(|it| local.get(&it)).copied();
                rehearsal.lives.insert(*pod, life);
            }
        }
        let namespaces: BTreeSet<&str> = units.iter().map(|it| &*world.units[*it].namespace).collect();
        rehearsal.quotas = world.quotas.iter().filter(|it| namespaces.contains(&*it.0)).cloned().collect();
        rehearsal.keep_journal = false;
        rehearsal.latencies = latencies.clone();
        for (set, policy) in world.policies.iter().filter_map(|(set, policy)| Some((*local.get(set)?, policy.clone()))) {
            rehearsal.policies.insert(set, policy);
        }
        rehearsal.bury(&world.dead);
        rehearsal.touch();
        let watch = Watch::new(world, &rehearsal, &units);
        let mut stage = Self {
            world,
            rehearsal,
            watch,
            units,
            seed,
            latencies,
            stuck: Vec::new(),
            drained: BTreeSet::new(),
            ended_at: None,
            held: Vec::new(),
            refused: Vec::new(),
            grown: None,
            capped: Vec::new(),
            added: Vec::new(),
            local,
            scalers: Vec::new(),
            scalings_told: 0,
        };
        stage.add_scalers();
        stage
    }

    /// Where one of the world's sets stands in the rehearsal.
    pub fn local(&self, set: usize) -> Option<usize> {
        self.local.get(&set).copied()
    }

    /// ReplicaSets that this run gave a unit, as positions in the rehearsal.
    pub fn added_sets(&self, unit: usize) -> Vec<usize> {
        self.added.iter().filter(|it| it.0 == unit).map(|it| it.1).collect()
    }

    /// A Deployment's unit gets a ReplicaSet for a template that differs in its image alone; its position in the rehearsal.
    pub fn add_revision(&mut self, unit: usize) -> Option<usize> {
        let rolling = self.world.rollings.iter().filter(|it| self.units.binary_search(&it.unit).is_ok()).position(|it| it.unit == unit)?;
        let before = self.rehearsal.sets[self.rehearsal.rollouts[rolling].current].clone();
        let at = self.rehearsal.sets.len();
        let new = next_template(&before, &self.world.units[unit].name);
        self.rehearsal.sets.push(new);
        let policy = self.rehearsal.policies.get(&self.rehearsal.rollouts[rolling].current).cloned().unwrap_or_default();
        self.rehearsal.policies.insert(at, policy);
        self.rehearsal.rollouts[rolling].sets.push(at);
        self.rehearsal.rollouts[rolling].current = at;
        self.added.push((unit, at));
        self.watch.add_set(unit);
        self.rehearsal.touch();
        Some(rolling)
    }

    /// `namespace/name` of a pod.
    pub fn pod_name(&self, pod: PodId) -> String {
        say::pod(&self.rehearsal.state, pod)
    }

    /// The unit of a pod, be it old or new.
    pub fn unit_of(&self, pod: PodId) -> Option<usize> {
        if let Some(unit) = self.world.unit_of_pod.get(&pod) {
            return Some(*unit);
        }
        self.watch.unit_of_set(self.rehearsal.lives.get(&pod)?.set?)
    }

    /// What a pod asks for: its set's template, where it has one.
    pub fn spec(&self, pod: PodId) -> std::sync::Arc<seatrial_model::PodSpec> {
        let set = self.rehearsal.lives.get(&pod).and_then(|it| it.set);
        set.and_then(|it| self.rehearsal.sets.get(it)).map(|it| it.spec.clone()).unwrap_or_default()
    }

    /// Virtual milliseconds since the beginning.
    pub fn now(&self) -> i64 {
        self.rehearsal.now()
    }

    /// Machines go.
    pub fn lose(&mut self, nodes: &[NodeId], loss: Loss) {
        // The real controller's queue is in no order that anybody could know.
        let order = self.rehearsal.shuffled(nodes, 0x6c6f_7373);
        match loss {
            Loss::Terminated => self.rehearsal.terminate_instances(&order),
            Loss::Partition => self.rehearsal.lose(&order),
        }
        self.watch.lose(&self.rehearsal, nodes, loss);
        self.look_at_all();
    }

    /// Machines on Spot get their notice: whoever handles it drains them, and they go at its end, drained or not.
    pub fn interrupt(&mut self, nodes: &[NodeId]) {
        nodes.iter().for_each(|it| self.note_drain(*it));
        self.rehearsal.interrupt(nodes, Handler::Drains);
        self.look();
        self.wait(self.latencies.of(&SPOT_NOTICE));
        self.watch.lose(&self.rehearsal, nodes, Loss::Terminated);
        self.look_at_all();
    }

    /// Lets time pass until `done`, until nothing more can happen, or until `limit` (virtual milliseconds).
    pub fn run(&mut self, limit: i64, done: &dyn Fn(&Rehearsal) -> bool) {
        loop {
            if done(&self.rehearsal) {
                return;
            }
            let Some(next) = self.rehearsal.next_at() else { return };
            if next > limit {
                self.rehearsal.run_until(limit.max(self.now()));
                return;
            }
            if self.rehearsal.only_retries() && next - self.watch.changed_at > PATIENCE_MS {
                return;
            }
            if self.rehearsal.step() {
                self.look();
            }
        }
    }

    /// Lets so many milliseconds pass, whatever happens.
    pub fn wait(&mut self, ms: i64) {
        let until = self.now() + ms;
        self.run(until, &|it| it.now() >= until);
        if self.now() < until {
            self.rehearsal.run_until(until);
            self.look();
        }
    }

    /// Adds pods that end by themselves later than anybody looks: the position of their set in the rehearsal.
    pub fn add_work(&mut self, unit: usize, set: PodSetController) -> usize {
        let at = self.rehearsal.sets.len();
        let policy = SetPolicy { start: Some(self.latencies.of(&POD_START)), ..SetPolicy::default() };
        self.rehearsal.policies.insert(at, policy);
        self.rehearsal.sets.push(set);
        self.added.push((unit, at));
        self.watch.add_set(unit);
        self.rehearsal.touch();
        at
    }

    /// Lets time pass until nothing more can happen.
    pub fn settle(&mut self) {
        self.run(HORIZON_MS, &|_| false);
    }

    /// Takes note of what changed.
    pub fn look(&mut self) {
        let touched = self.rehearsal.take_touched();
        self.note_scalings();
        self.watch.look(self.world, &self.rehearsal, &self.drained, &touched);
    }

    /// Looks at every pod: machines went, and nothing in the cluster tells yet.
    fn look_at_all(&mut self) {
        self.rehearsal.take_touched();
        let all = self.rehearsal.lives.keys().copied().collect();
        self.watch.look(self.world, &self.rehearsal, &self.drained, &all);
    }
}

/// The image of the next revision: like the one before, and yet another.
pub const NEXT_IMAGE: &str = "seatrial.dev/next-revision";

/// The ReplicaSet of the next revision: other labels, another image, the same everything else.
fn next_template(before: &PodSetController, deployment: &str) -> PodSetController {
    let mut spec = (*before.spec).clone();
    spec.containers.iter_mut().for_each(|it| it.image = NEXT_IMAGE.into());
    let mut labels = before.labels.clone();
    labels.insert("pod-template-hash".into(), "next".into());
    PodSetController { name: format!("{deployment}-next").into(), labels, desired: 0, spec: std::sync::Arc::new(spec), ..before.clone() }
}

/// A node as another one would be if it were new.
pub fn like(world: &Facts, state: &State, node: NodeId, name: &str) -> NodeFacts {
    let mut facts = state.node_facts(node);
    facts.name = name.into();
    facts.labels.insert("kubernetes.io/hostname".into(), name.into());
    facts.unschedulable = false;
    let fresh = |it: &Taint| !it.key.starts_with("node.kubernetes.io/");
    facts.taints.retain(fresh);
    // What DaemonSets take of every node is not there for others.
    let (mut cpu, mut memory, mut pods) = (0, 0, 0);
    for pod in state.pods_on(node).iter().filter(|it| world.lives.get(it).is_some_and(|it| it.daemon)) {
        let request = state.request(*pod);
        (cpu, memory, pods) = (cpu + request.millicpu, memory + request.memory, pods + 1);
    }
    let usage = *state.usage(node);
    facts.allocatable.insert("cpu".into(), seatrial_model::Quantity::millis((usage.millicpu - cpu).max(0)));
    facts.allocatable.insert("memory".into(), seatrial_model::Quantity::units((usage.memory - memory).max(0)));
    facts.allocatable.insert("pods".into(), seatrial_model::Quantity::units((usage.pods - pods).max(0)));
    facts
}
