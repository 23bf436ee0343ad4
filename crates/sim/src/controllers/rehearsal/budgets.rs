//! The disruption controller: the status of every budget.

use std::collections::BTreeSet;

use seatrial_model::Text;

use super::{Life, Rehearsal};
use crate::budgets::BudgetStatus;
use crate::controllers::disruption::{Protected, count};
use crate::ids::PodId;

impl Rehearsal {
    /// Counts the budgets of these namespaces, or all.
    pub(super) fn sync_budgets(&mut self, namespaces: Option<&BTreeSet<Text>>) {
        for id in self.state.budget_ids() {
            if namespaces.is_some_and(|it| !it.contains(&self.state.budget(id).namespace)) {
                continue;
            }
            let budget = self.state.budget(id).clone();
            let protects = |it: &(PodId, &Life)| budget.protects(&budget.namespace, self.state.pod_labels(it.0));
            let mine: Vec<(PodId, &Life)> = self.in_namespace(&budget.namespace).filter(protects).collect();
            let pods: Vec<Protected> = mine
                .iter()
                .map(|(pod, life)| Protected { name: self.state.pod_name(*pod).1.to_string(), ready: life.ready, terminating: self.state.is_terminating(*pod) })
                .collect();
            let sets: BTreeSet<usize> = mine.iter().filter_map(|it| it.1.set).collect();
            let owners: BTreeSet<usize> = sets.into_iter().map(|it| self.owner_of(it)).collect();
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
    pub(super) fn owner_of(&self, set: usize) -> usize {
        self.rollouts.iter().find(|it| it.sets.contains(&set)).map_or(set, |it| it.current)
    }

    pub(super) fn scale_of(&self, set: usize) -> i64 {
        self.rollouts.iter().find(|it| it.current == set).map_or(self.sets[set].desired, |it| it.replicas)
    }
}
