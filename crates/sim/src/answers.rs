//! What nodes answer to a pod: who passes, who refuses it and why, and all scores side by side.

use crate::cycle::Cycle;
use crate::filter::{self, Plugin, Status};
use crate::ids::{NONE, NodeId, PodId};
use crate::rows::{NO_FIT, Question};
use crate::schedule::{Comparison, FitError};
use crate::score;
use crate::state::State;

impl State {
    /// Brings the visiting order up to date.
    pub(crate) fn settle_order(&mut self) {
        if self.order_stale {
            self.nodes.reorder();
            self.order_stale = false;
        }
    }

    /// Every feasible node and all scores, without sampling.
    pub fn compare(&mut self, pod: PodId) -> Result<Comparison, Box<FitError>> {
        self.settle_order();
        let (mut cycle, refusal) = self.begin(pod);
        if refusal.is_some() {
            return Err(Box::new(FitError { nodes: self.nodes.order.len(), everywhere: refusal, ..FitError::default() }));
        }
        self.prepare_row(&cycle);
        let order = match &cycle.plan.pinned {
            Some(names) => names.iter().filter_map(|it| self.nodes.find(it)).collect(),
            None => self.nodes.order.clone(),
        };
        let feasible: Vec<NodeId> = order.into_iter().filter(|it| self.row_if_feasible(&mut cycle, *it).is_some()).collect();
        if feasible.is_empty() {
            return Err(Box::new(self.diagnose(&mut cycle)));
        }
        let plugins = score::each(self, &cycle, &feasible);
        let total = (0..feasible.len()).map(|at| plugins.iter().map(|it| it.1.at(at)).sum()).collect();
        Ok(Comparison { feasible, plugins, total })
    }

    /// The resource row of a node that passes all filters.
    #[inline]
    pub(crate) fn row_if_feasible(&mut self, cycle: &mut Cycle, node: NodeId) -> Option<u16> {
        let question = Question {
            request: &self.pods.shapes[cycle.shape.index()],
            allowed: &self.statics.combined[cycle.plan.allowed?.index()].ok,
            nodes: &self.nodes,
            rules: self.rules,
        };
        let row = self.rows.value(cycle.plan.row?, question, node);
        if row == NO_FIT {
            return None;
        }
        if self.nominations > 0 && !self.nodes.nominated[node.index()].is_empty() {
            return self.passes(cycle, node).is_none().then_some(row);
        }
        if cycle.simple {
            return Some(row);
        }
        filter::rest_passes(self, cycle, node).then_some(row)
    }

    /// The first refusal of a node, nominated pods of the same or a higher priority taken into account: the pod must fit with and without them.
    ///
    /// Source: kubernetes pkg/scheduler/framework/runtime/framework.go RunFilterPluginsWithNominatedPods.
    pub(crate) fn passes(&mut self, cycle: &mut Cycle, node: NodeId) -> Option<Status> {
        let priority = self.pods.class_of(cycle.pod).priority;
        let nominated: Vec<PodId> = self.nodes.nominated[node.index()].clone();
        let counts = |it: &PodId| *it != cycle.pod && self.pods.record(*it).node == NONE && self.pods.class_of(*it).priority >= priority;
        let guests: Vec<PodId> = nominated.into_iter().filter(counts).collect();
        if guests.is_empty() {
            return filter::first(self, cycle, node);
        }
        guests.iter().for_each(|it| self.attach(*it, node));
        cycle.refresh(self);
        let status = filter::first(self, cycle, node);
        guests.iter().rev().for_each(|it| self.detach(*it));
        cycle.refresh(self);
        status.or_else(|| filter::first(self, cycle, node))
    }

    /// The first refusal of every node that a full search visits.
    pub(crate) fn diagnose(&mut self, cycle: &mut Cycle) -> FitError {
        let (nodes, absent) = match &cycle.plan.pinned {
            None => (self.nodes.order.clone(), None),
            Some(names) => {
                let found = names.iter().filter_map(|it| self.nodes.find(it)).collect();
                (found, Some(Status::unresolvable(Plugin::NodeAffinity, "node(s) didn't satisfy plugin(s) [NodeAffinity]")))
            }
        };
        let statuses = nodes.into_iter().filter_map(|node| Some((node, self.passes(cycle, node)?))).collect();
        FitError { nodes: self.nodes.order.len(), everywhere: None, statuses, absent }
    }

    /// Every refusal of every node: not only the first, which is all that the real scheduler reports.
    pub fn refusals(&mut self, pod: PodId) -> Vec<(NodeId, Vec<Status>)> {
        self.settle_order();
        let (cycle, everywhere) = self.begin(pod);
        let of = |node: &NodeId| everywhere.iter().cloned().chain(filter::all(self, &cycle, *node)).collect();
        self.nodes.order.iter().map(|node| (*node, of(node))).collect()
    }
}
