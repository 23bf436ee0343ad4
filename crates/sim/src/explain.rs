//! Why a pod has no node: Kubernetes' own message, and what would have to change.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::filter::node_resources_fit::{Shortages, shortages_on};
use crate::filter::{Plugin, Status};
use crate::ids::{NodeId, PodId};
use crate::preempt::Attempt;
use crate::schedule::FitError;
use crate::state::State;

/// How many nodes gave each reason.
pub type Reasons = BTreeMap<Cow<'static, str>, usize>;

impl FitError {
    /// How many nodes gave each reason, unvisited nodes included.
    pub fn reasons(&self) -> Reasons {
        let mut all = Reasons::new();
        for reason in self.statuses.iter().flat_map(|it| &it.1.reasons) {
            *all.entry(reason.clone()).or_default() += 1;
        }
        let unvisited = self.nodes.saturating_sub(self.statuses.len());
        if let Some(status) = self.absent.as_ref().filter(|_| unvisited > 0) {
            status.reasons.iter().for_each(|it| *all.entry(it.clone()).or_default() += unvisited);
        }
        all
    }

    /// The message as `kubectl describe` shows it, up to what preemption adds.
    ///
    /// Source: kubernetes pkg/scheduler/framework/types.go FitError.
    pub fn message(&self) -> String {
        let head = format!("0/{} nodes are available:", self.nodes);
        match &self.everywhere {
            Some(status) => format!("{head} {}.", status.reasons.join(", ")),
            None => histogram(head, &self.reasons()),
        }
    }
}

fn histogram(head: String, reasons: &Reasons) -> String {
    let mut parts: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    parts.sort();
    if parts.is_empty() { head } else { format!("{head} {}.", parts.join(", ")) }
}

impl Attempt {
    /// What preemption adds to the message when it found nothing.
    pub fn message(&self) -> String {
        if let Some(why) = self.ineligible {
            return format!("preemption: {why}");
        }
        let mut reasons = Reasons::new();
        for reason in self.refused.iter().flat_map(|it| &it.1) {
            *reasons.entry(reason.clone()).or_default() += 1;
        }
        let hopeless = self.nodes.saturating_sub(self.refused.len());
        if hopeless > 0 {
            *reasons.entry("Preemption is not helpful for scheduling".into()).or_default() += hopeless;
        }
        histogram(format!("preemption: 0/{} nodes are available:", self.nodes), &reasons)
    }
}

/// One change that would give the pod a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relaxation {
    /// The plugins that would have to agree.
    pub drop: Vec<Plugin>,
    /// Nodes that only those plugins refuse.
    pub nodes: Vec<NodeId>,
    /// Where resources are short: the smallest amounts, by name (millicores, bytes, units), on the node that comes closest.
    pub short: Vec<(String, i64)>,
}

impl State {
    /// The whole message of a pod that has no node and no victim.
    pub fn message(&self, error: &FitError, attempt: Option<&Attempt>) -> String {
        let mut message = error.message();
        let Some(attempt) = attempt.filter(|it| it.candidates.is_empty()) else { return message };
        message.push(' ');
        if self.rules.dynamic_resources() {
            message.push_str("no new claims to deallocate, ");
        }
        message.push_str(&attempt.message());
        message
    }

    /// The smallest sets of plugins whose consent would give the pod a node; most nodes first.
    pub fn relaxations(&mut self, pod: PodId) -> Vec<Relaxation> {
        let refusals = self.refusals(pod);
        let (cycle, _) = self.begin(pod);
        let mut by_plugins: BTreeMap<Vec<Plugin>, Vec<NodeId>> = BTreeMap::new();
        for (node, statuses) in refusals {
            by_plugins.entry(statuses.iter().map(|it: &Status| it.plugin).collect()).or_default().push(node);
        }
        let sets: Vec<Vec<Plugin>> = by_plugins.keys().cloned().collect();
        let minimal = |set: &Vec<Plugin>| !sets.iter().any(|other| other.len() < set.len() && other.iter().all(|it| set.contains(it)));
        let mut all: Vec<Relaxation> = Vec::new();
        for (drop, nodes) in by_plugins.into_iter().filter(|it| minimal(&it.0)) {
            let short = if drop.contains(&Plugin::NodeResourcesFit) { self.closest(&cycle, &nodes) } else { Vec::new() };
            all.push(Relaxation { drop, nodes, short });
        }
        all.sort_by_key(|it| (it.drop.len(), std::cmp::Reverse(it.nodes.len())));
        all
    }

    /// What is short on the node that is short of the smallest share.
    fn closest(&self, cycle: &crate::cycle::Cycle, nodes: &[NodeId]) -> Vec<(String, i64)> {
        let lists = nodes.iter().map(|node| shortages_on(self, cycle, *node));
        let share = |it: &crate::Shortage| (it.requested - (it.capacity - it.used)) as f64 / it.requested.max(1) as f64;
        let worst = |list: &Shortages| list.iter().map(share).fold(0.0, f64::max);
        let best = lists.min_by(|a, b| worst(a).total_cmp(&worst(b)));
        best.into_iter().flatten().map(|it| (it.resource.to_string(), it.requested - (it.capacity - it.used))).collect()
    }
}
