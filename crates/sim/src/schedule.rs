//! The scheduling cycle: which nodes are visited, which of them pass, and which one is taken.
//!
//! Source: kubernetes pkg/scheduler/schedule_one.go.

use crate::cycle::Cycle;
use crate::filter::{self, Plugin, Status};
use crate::ids::{NodeId, PodId};
use crate::random::Draws;
use crate::rows::{NO_FIT, Question};
use crate::score::{self, PluginScores, Scratch};
use crate::state::State;

/// Below this many nodes all are visited until the end; above, at least this many must be feasible.
const MIN_FEASIBLE: usize = 100;
const MIN_PERCENTAGE: usize = 5;

/// How many feasible nodes a search over `nodes` stops at.
///
/// Source: kubernetes pkg/scheduler/schedule_one.go numFeasibleNodesToFind.
pub fn feasible_nodes_to_find(nodes: usize) -> usize {
    if nodes < MIN_FEASIBLE {
        return nodes;
    }
    let percentage = 50usize.saturating_sub(nodes / 125).max(MIN_PERCENTAGE);
    (nodes * percentage / 100).max(MIN_FEASIBLE)
}

/// A node that was found for a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The node.
    pub node: NodeId,
    /// Nodes that were visited.
    pub evaluated: usize,
    /// Nodes that passed the filters.
    pub feasible: usize,
    /// Nodes that were as good as this one, itself included.
    pub ties: usize,
}

/// Why a pod has no node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FitError {
    /// Nodes in the cluster.
    pub nodes: usize,
    /// The pod cannot be scheduled, whatever the node.
    pub everywhere: Option<Status>,
    /// The first refusal of each node that was visited, in visiting order.
    pub statuses: Vec<(NodeId, Status)>,
    /// Refusal of the nodes that were not visited.
    pub absent: Option<Status>,
}

/// The outcome of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A node was found; the pod is not bound yet.
    Found(Placement),
    /// No node passes.
    Unschedulable(Box<FitError>),
    /// The cluster has no nodes.
    NoNodes,
    /// Scheduling gates hold the pod back.
    Gated,
}

/// Every feasible node with its scores: what the real scheduler compares.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Feasible nodes in visiting order.
    pub feasible: Vec<NodeId>,
    /// Normalised, weighted scores by plugin, in the order of plugin names.
    pub plugins: Vec<(Plugin, PluginScores)>,
    /// Sums.
    pub total: Vec<i64>,
}

impl Comparison {
    /// Nodes with the best sum.
    pub fn best(&self) -> Vec<NodeId> {
        let most = self.total.iter().max();
        self.feasible.iter().zip(&self.total).filter(|it| Some(it.1) == most).map(|it| *it.0).collect()
    }
}

/// Schedules pods one after another, keeping its working memory.
#[derive(Clone, Debug, Default)]
pub struct Scheduler {
    seed: u64,
    scratch: Scratch,
}

impl Scheduler {
    /// A scheduler whose ties are broken by `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, scratch: Scratch::default() }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Finds a node for a pod that has none. Does not bind.
    pub fn find(&mut self, state: &mut State, pod: PodId) -> Outcome {
        state.settle_order();
        if state.nodes.order.is_empty() {
            return Outcome::NoNodes;
        }
        let (mut cycle, refusal) = state.begin(pod);
        if cycle.plan.gated {
            return Outcome::Gated;
        }
        if let Some(status) = refusal {
            return unschedulable(FitError { nodes: state.nodes.order.len(), everywhere: Some(status), ..FitError::default() });
        }
        if let Some(node) = state.nominated_node(pod).filter(|it| state.nodes.present[it.index()])
            && state.passes(&mut cycle, node).is_none()
        {
            return Outcome::Found(Placement { node, evaluated: 1, feasible: 1, ties: 1 });
        }
        let visited = self.search(state, &mut cycle);
        match self.scratch.feasible.len() {
            0 => unschedulable(state.diagnose(&mut cycle)),
            1 => Outcome::Found(Placement { node: self.scratch.feasible[0], evaluated: visited, feasible: 1, ties: 1 }),
            _ => Outcome::Found(self.choose(state, &cycle, visited)),
        }
    }

    /// Finds a node and binds the pod to it, its volumes included.
    pub fn schedule(&mut self, state: &mut State, pod: PodId) -> Outcome {
        let outcome = self.find(state, pod);
        if let Outcome::Found(placement) = &outcome {
            state.nominate(pod, None);
            state.bind_with_volumes(pod, placement.node);
        }
        outcome
    }

    /// Finds a node and binds the pod to it, without finding out why there is none: for large rehearsals.
    ///
    /// A class that found no node is not searched for again until something was freed, since pods that come can only take room away.
    pub fn place(&mut self, state: &mut State, pod: PodId) -> Option<Placement> {
        state.settle_order();
        let class = state.pods.record(pod).class.index();
        if state.nodes.order.is_empty() || state.pods.classes[class].failed_at == state.frees {
            return None;
        }
        let (mut cycle, refusal) = state.begin(pod);
        if cycle.plan.gated || refusal.is_some() {
            return None;
        }
        let nominated = state.nominated_node(pod).filter(|it| state.nodes.present[it.index()]);
        let placement = match nominated.filter(|it| state.passes(&mut cycle, *it).is_none()) {
            Some(node) => Placement { node, evaluated: 1, feasible: 1, ties: 1 },
            None => {
                let visited = self.search(state, &mut cycle);
                match self.scratch.feasible.len() {
                    0 => {
                        let lasting = cycle.plan.hard.is_empty() && cycle.plan.affinity_terms.is_empty() && !cycle.volumes.any();
                        state.pods.classes[class].failed_at = if lasting { state.frees } else { u64::MAX };
                        return None;
                    }
                    1 => Placement { node: self.scratch.feasible[0], evaluated: visited, feasible: 1, ties: 1 },
                    _ => self.choose(state, &cycle, visited),
                }
            }
        };
        state.nominate(pod, None);
        state.bind_with_volumes(pod, placement.node);
        Some(placement)
    }

    /// Fills the scratch with feasible nodes; returns how many were visited.
    fn search(&mut self, state: &mut State, cycle: &mut Cycle) -> usize {
        self.scratch.feasible.clear();
        self.scratch.rows.clear();
        state.prepare_row(cycle);
        let visited = if cycle.plan.pinned.is_some() {
            self.visit_pinned(state, cycle)
        } else if state.nominations == 0 {
            self.visit_in_order(state, cycle)
        } else {
            self.visit_with_nominated(state, cycle)
        };
        state.next_start = (state.next_start + visited) % state.nodes.order.len();
        visited
    }

    fn visit_pinned(&mut self, state: &mut State, cycle: &mut Cycle) -> usize {
        let names = cycle.plan.pinned.clone().unwrap_or_default();
        let nodes: Vec<NodeId> = names.iter().filter_map(|it| state.nodes.find(it)).collect();
        nodes.iter().for_each(|node| self.visit(state, cycle, *node));
        nodes.len()
    }

    /// While nobody is nominated, a node answers from its rows and from what the filters count.
    fn visit_in_order(&mut self, state: &mut State, cycle: &Cycle) -> usize {
        let count = state.nodes.order.len();
        let wanted = feasible_nodes_to_find(count);
        let start = state.next_start % count;
        let Some(id) = cycle.plan.row else { return 0 };
        let mut row = state.rows.take(id);
        let question = state.question(cycle);
        self.scratch.feasible.reserve(wanted);
        self.scratch.rows.reserve(wanted);
        let (before, after) = state.nodes.order.split_at(start);
        let simple = cycle.simple;
        let mut visited = 0;
        // Two loops instead of one over a chain, which would ask for every node in which half it is.
        'search: for half in [after, before] {
            for node in half {
                visited += 1;
                let value = row.value(question, *node);
                if value == NO_FIT || !(simple || filter::rest_passes(state, cycle, *node)) {
                    continue;
                }
                self.scratch.feasible.push(*node);
                self.scratch.rows.push(value);
                if self.scratch.feasible.len() == wanted {
                    break 'search;
                }
            }
        }
        state.rows.give(id, row);
        visited
    }

    fn visit_with_nominated(&mut self, state: &mut State, cycle: &mut Cycle) -> usize {
        let count = state.nodes.order.len();
        let wanted = feasible_nodes_to_find(count);
        let mut at = state.next_start % count;
        let mut visited = 0;
        while visited < count && self.scratch.feasible.len() < wanted {
            self.visit(state, cycle, state.nodes.order[at]);
            visited += 1;
            at = if at + 1 == count { 0 } else { at + 1 };
        }
        visited
    }

    #[inline]
    fn visit(&mut self, state: &mut State, cycle: &mut Cycle, node: NodeId) {
        if let Some(row) = state.row_if_feasible(cycle, node) {
            self.scratch.feasible.push(node);
            self.scratch.rows.push(row);
        }
    }

    fn choose(&mut self, state: &State, cycle: &Cycle, visited: usize) -> Placement {
        score::total(state, cycle, &mut self.scratch);
        let total = &self.scratch.total;
        let most = total.iter().copied().max().unwrap_or(0);
        let ties = total.iter().filter(|it| **it == most).count();
        let pick = if ties == 1 { 0 } else { Draws::new(self.seed, u64::from(cycle.pod.0)).below(ties as u64) as usize };
        let mut best = (0..total.len()).filter(|at| total[*at] == most);
        let at = best.nth(pick).unwrap_or(0);
        Placement { node: self.scratch.feasible[at], evaluated: visited, feasible: total.len(), ties }
    }
}

fn unschedulable(error: FitError) -> Outcome {
    Outcome::Unschedulable(Box::new(error))
}

impl State {
    pub(crate) fn prepare_row(&mut self, cycle: &Cycle) {
        if let Some(row) = cycle.plan.row {
            self.rows.prepare(row, self.nodes.len());
        }
    }

    fn question(&self, cycle: &Cycle) -> Question<'_> {
        let allowed = cycle.plan.allowed.map_or(&[][..], |it| &self.statics.combined[it.index()].ok);
        Question { request: cycle.request(self), allowed, nodes: &self.nodes, rules: self.rules }
    }
}
