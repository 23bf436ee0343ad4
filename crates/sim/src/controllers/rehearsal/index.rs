//! Which pods belong to which controller and namespace, which wait for a node, and what has changed since controllers last looked.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::Text;

use super::{Event, Life, Rehearsal, Rollout};
use crate::controllers::latencies::WATCH;
use crate::ids::{BudgetId, PodId};
use crate::state::State;

/// Pods by controller and namespace, and what is to be looked at again.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_set: BTreeMap<usize, BTreeSet<PodId>>,
    by_namespace: BTreeMap<Text, BTreeSet<PodId>>,
    by_budget: BTreeMap<BudgetId, BTreeSet<PodId>>,
    /// The Deployment of each ReplicaSet.
    rollouts: BTreeMap<usize, usize>,
    /// Pods without a node.
    pub(super) waiting: BTreeSet<PodId>,
    /// Pods that are in the index.
    known: usize,
    /// Everything is to be looked at: somebody outside changed something.
    all: bool,
    sets: BTreeSet<usize>,
    budgets: BTreeSet<BudgetId>,
    /// Pods that have changed since somebody outside last asked.
    touched: BTreeSet<PodId>,
}

/// What a round of controllers is to look at.
pub(super) struct Due {
    pub(super) sets: BTreeSet<usize>,
    pub(super) budgets: BTreeSet<BudgetId>,
    pub(super) all: bool,
}

impl Rehearsal {
    /// The controllers look again, at everything: for those who change the rehearsal from outside.
    pub fn touch(&mut self) {
        self.index.all = true;
        self.wake();
    }

    pub(super) fn wake(&mut self) {
        if !self.sync_due {
            self.sync_due = true;
            self.after(self.latencies.of(&WATCH), Event::Sync);
        }
    }

    /// A pod has changed: its controller and its budgets are looked at again.
    pub(super) fn changed(&mut self, pod: PodId) {
        if let Some(set) = self.lives.get(&pod).and_then(|it| it.set) {
            self.index.sets.insert(set);
        }
        self.index.touched.insert(pod);
        self.index.budgets.extend(self.state.budgets_of(pod));
        self.wake();
    }

    /// Pods that have changed since this was last asked.
    pub fn take_touched(&mut self) -> BTreeSet<PodId> {
        std::mem::take(&mut self.index.touched)
    }

    /// A controller's number has changed.
    pub(super) fn changed_set(&mut self, set: usize) {
        self.index.sets.insert(set);
        // Whose pods count for a budget counts with all ReplicaSets of its Deployment.
        let siblings = self.rollout_of(set).map_or_else(|| vec![set], |it| it.sets.clone());
        for pod in siblings.iter().filter_map(|it| self.index.by_set.get(it)).flatten() {
            self.index.budgets.extend(self.state.budgets_of(*pod));
        }
        self.wake();
    }

    /// What has changed since the last round; pods that came from outside are taken in.
    pub(super) fn due(&mut self) -> Due {
        if self.index.all || self.index.known != self.lives.len() {
            self.reindex();
        }
        let index = &mut self.index;
        let mut due = Due { sets: std::mem::take(&mut index.sets), budgets: std::mem::take(&mut index.budgets), all: std::mem::take(&mut index.all) };
        if due.all {
            due.sets = (0..self.sets.len()).collect();
            due.budgets = self.state.budget_ids().collect();
        }
        due
    }

    /// Controllers that have changed since this round began; they stay marked.
    pub(super) fn changed_sets(&self) -> BTreeSet<usize> {
        self.index.sets.clone()
    }

    /// Budgets whose pods have changed since this round began; they stay marked.
    pub(super) fn changed_budgets(&self) -> BTreeSet<BudgetId> {
        self.index.budgets.clone()
    }

    /// The Deployment of a ReplicaSet.
    pub(super) fn rollout_of(&self, set: usize) -> Option<&Rollout> {
        self.index.rollouts.get(&set).and_then(|it| self.rollouts.get(*it))
    }

    fn reindex(&mut self) {
        let touched = std::mem::take(&mut self.index.touched);
        let mut index = Index { known: self.lives.len(), all: true, touched, ..Index::default() };
        for (pod, life) in self.lives.iter().filter(|it| !it.1.gone) {
            index.admit(*pod, life, &self.state);
            if self.state.node_of(*pod).is_none() && !life.orphan {
                index.waiting.insert(*pod);
            }
        }
        for (at, it) in self.rollouts.iter().enumerate() {
            index.rollouts.extend(it.sets.iter().map(|set| (*set, at)));
        }
        self.index = index;
        self.take_in_attachments();
    }

    pub(super) fn enter(&mut self, pod: PodId, life: Life) {
        let current = self.index.known == self.lives.len();
        self.index.admit(pod, &life, &self.state);
        self.index.waiting.insert(pod);
        self.lives.insert(pod, life);
        if current {
            self.index.known = self.lives.len();
        }
        self.changed(pod);
    }

    pub(super) fn leave(&mut self, pod: PodId) {
        self.changed(pod);
        let set = self.lives.get(&pod).and_then(|it| it.set);
        let index = &mut self.index;
        if let Some(pods) = set.and_then(|it| index.by_set.get_mut(&it)) {
            pods.remove(&pod);
        }
        if let Some(pods) = index.by_namespace.get_mut(self.state.pod_name(pod).0) {
            pods.remove(&pod);
        }
        for budget in self.state.budgets_of(pod) {
            if let Some(pods) = index.by_budget.get_mut(budget) {
                pods.remove(&pod);
            }
        }
        index.waiting.remove(&pod);
    }

    /// Pods of a controller that are not gone, in the order in which they were made.
    pub fn members(&self, set: usize) -> Vec<(PodId, &Life)> {
        let life = |pod: &PodId| self.lives.get(pod).filter(|it| !it.gone).map(|it| (*pod, it));
        if self.index.known == self.lives.len() {
            return self.index.by_set.get(&set).into_iter().flatten().filter_map(life).collect();
        }
        self.lives.iter().filter(|it| it.1.set == Some(set) && !it.1.gone).map(|it| (*it.0, it.1)).collect()
    }

    /// Pods that a budget protects and that are not gone.
    pub(super) fn protected_by(&self, budget: BudgetId) -> impl Iterator<Item = (PodId, &Life)> {
        let pods = self.index.by_budget.get(&budget).into_iter().flatten();
        pods.filter_map(|pod| self.lives.get(pod).filter(|it| !it.gone).map(|it| (*pod, it)))
    }

    /// Pods of a namespace that are not gone.
    pub(super) fn in_namespace(&self, namespace: &Text) -> impl Iterator<Item = (PodId, &Life)> {
        let pods = self.index.by_namespace.get(namespace).into_iter().flatten();
        pods.filter_map(|pod| self.lives.get(pod).filter(|it| !it.gone).map(|it| (*pod, it)))
    }
}

impl Index {
    fn admit(&mut self, pod: PodId, life: &Life, state: &State) {
        let namespace = state.pod_name(pod).0;
        for budget in state.budgets_of(pod) {
            self.by_budget.entry(*budget).or_default().insert(pod);
        }
        if let Some(set) = life.set {
            self.by_set.entry(set).or_default().insert(pod);
        }
        match self.by_namespace.get_mut(namespace) {
            Some(pods) => drop(pods.insert(pod)),
            None => drop(self.by_namespace.insert(namespace.clone(), BTreeSet::from([pod]))),
        }
    }
}
