//! The disruption controller: the status of every budget.

use std::collections::BTreeSet;

use super::{Life, Rehearsal};
use crate::budgets::BudgetStatus;
use crate::controllers::disruption::{Protected, count};
use crate::ids::{BudgetId, PodId};

impl Rehearsal {
    /// Counts these budgets.
    pub(super) fn sync_budgets(&mut self, budgets: &BTreeSet<BudgetId>) {
        for id in budgets.iter().copied() {
            let mine: Vec<(PodId, &Life)> = self.protected_by(id).collect();
            let protected = |(pod, life): &(PodId, &Life)| Protected {
                name: self.state.pod_name(*pod).1.clone(),
                ready: life.ready,
                terminating: self.state.is_terminating(*pod),
            };
            let pods: Vec<Protected> = mine.iter().map(protected).collect();
            let sets: BTreeSet<usize> = mine.iter().filter_map(|it| it.1.set).collect();
            let owners: BTreeSet<usize> = sets.into_iter().map(|it| self.owner_of(it)).collect();
            let scale = owners.iter().map(|it| self.scale_of(*it)).sum();
            let budget = self.state.budget(id);
            let Some(counts) = count(budget, &pods, Some(scale), self.now) else { continue };
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
        self.rollout_of(set).map_or(set, |it| it.current)
    }

    pub(super) fn scale_of(&self, set: usize) -> i64 {
        self.rollout_of(set).filter(|it| it.current == set).map_or(self.sets[set].desired, |it| it.replicas)
    }
}
