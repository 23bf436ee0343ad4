//! One plugin at a time: what tables of facts ask of a single rule.

use std::collections::BTreeMap;

use seatrial_model::LabelSelector;

use crate::filter::node_resources_fit::{Shortage, shortages_on};
use crate::filter::{self, Plugin, Status};
use crate::ids::{NodeId, PodId};
use crate::preempt::Candidate;
use crate::schedule::FitError;
use crate::score;
use crate::state::State;

impl State {
    /// What one plugin says of a node: before any node is visited, or on the node.
    pub fn plugin_refusal(&mut self, pod: PodId, node: NodeId, plugin: Plugin) -> Option<Status> {
        let (cycle, everywhere) = self.begin(pod);
        everywhere.filter(|it| it.plugin == plugin).or_else(|| filter::all(self, &cycle, node).into_iter().find(|it| it.plugin == plugin))
    }

    /// Why the pod cannot be scheduled anywhere.
    pub fn refusal_everywhere(&mut self, pod: PodId) -> Option<Status> {
        self.begin(pod).1
    }

    /// The only nodes that required affinity leaves to be visited.
    pub fn pinned_nodes(&mut self, pod: PodId) -> Option<Vec<String>> {
        let (cycle, _) = self.begin(pod);
        cycle.plan.pinned.as_ref().map(|all| all.iter().map(ToString::to_string).collect())
    }

    /// Normalised scores of one plugin, without its weight; `None` where it skips the pod.
    pub fn plugin_scores(&mut self, pod: PodId, nodes: &[NodeId], plugin: Plugin) -> Option<Vec<i64>> {
        let (cycle, _) = self.begin(pod);
        let all = score::each(self, &cycle, nodes);
        let found = all.iter().find(|it| it.0 == plugin)?;
        Some((0..nodes.len()).map(|at| found.1.at(at) / score::weight(plugin)).collect())
    }

    /// What is short on a node.
    pub fn shortages(&mut self, pod: PodId, node: NodeId) -> Vec<Shortage> {
        let (cycle, _) = self.begin(pod);
        shortages_on(self, &cycle, node).into_vec()
    }

    /// Matching pods by domain, for each hard spread constraint.
    pub fn spread_counts(&mut self, pod: PodId) -> Vec<BTreeMap<String, i64>> {
        let (cycle, _) = self.begin(pod);
        let of = |(spread, population): (&crate::plan::Spread, &std::sync::Arc<crate::counts::Population>)| {
            let key = &self.topology.keys[spread.key.index()];
            let inhabited = (0..population.nodes.len()).filter(|at| population.nodes[*at] > 0);
            let count = |at: usize| spread.counter.map_or(0, |it| self.podsets.counters[it.index()].counts.get(at as u32));
            inhabited.map(|at| (key.value[at].to_string(), count(at))).collect()
        };
        cycle.plan.hard.iter().zip(&cycle.populations).map(of).collect()
    }

    /// The selector of default spreading.
    pub fn default_spread_selector(&self, pod: PodId) -> LabelSelector {
        self.default_selector(self.pods.record(pod).class)
    }

    /// The nodes in visiting order.
    pub fn visiting_order(&mut self) -> Vec<NodeId> {
        self.settle_order();
        self.nodes.order.clone()
    }

    /// The victims on one node, with the number of budgets broken; or why there are none.
    pub fn victims(&mut self, pod: PodId, node: NodeId) -> Result<Candidate, Vec<String>> {
        let (mut cycle, _) = self.begin(pod);
        self.victims_on(&mut cycle, node).map_err(|it| it.iter().map(ToString::to_string).collect())
    }

    /// Whether the pod may preempt at all after `error`.
    pub fn may_preempt(&self, pod: PodId, error: &FitError) -> bool {
        self.ineligible(pod, error).is_none()
    }
}

impl State {
    /// Everything that changes can change, as text: two states with the same text behave the same. Caches are left out.
    pub fn dump(&self) -> String {
        use std::fmt::Write;
        let mut out = String::new();
        let nodes = &self.nodes;
        for at in 0..nodes.len() {
            let id = NodeId::at(at);
            let facts = nodes.facts(id);
            let held = (&nodes.usage[at], &nodes.scalars[at], &nodes.pods[at], &nodes.nominated[at], &nodes.ports[at], &nodes.volumes[at]);
            let _ = writeln!(out, "node {:?} {} {facts:?} {held:?}", nodes.present[at], nodes.joined(id));
        }
        for (at, pod) in self.pods.all.iter().enumerate() {
            let _ = writeln!(out, "pod {at} {pod:?}");
        }
        for (at, class) in self.pods.classes.iter().enumerate() {
            let _ = writeln!(out, "class {at} {:?}", class.placed);
        }
        for (at, counter) in self.podsets.counters.iter().enumerate() {
            let _ = writeln!(out, "counter {at} {:?}", counter.counts.nonzero());
        }
        for (at, term) in self.podsets.terms.iter().enumerate() {
            let _ = writeln!(out, "term {at} {:?}", term.owners.nonzero());
        }
        let _ = writeln!(out, "claims {:?}\nvolumes {:?}\nbudgets {:?}\nnext {}", self.storage.claims, self.storage.volumes, self.budgets, self.next_start);
        out
    }
}
