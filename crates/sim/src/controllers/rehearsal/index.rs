//! Which pods belong to which controller and namespace, which wait for a node, and what has changed since controllers last looked.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::Text;

use super::{Event, Life, Rehearsal};
use crate::controllers::latencies::WATCH;
use crate::ids::PodId;

/// Pods by controller and namespace, and what is to be looked at again.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_set: BTreeMap<usize, BTreeSet<PodId>>,
    by_namespace: BTreeMap<Text, BTreeSet<PodId>>,
    /// Pods without a node.
    pub(super) waiting: BTreeSet<PodId>,
    /// Pods that are in the index.
    known: usize,
    /// Everything is to be looked at: somebody outside changed something.
    all: bool,
    sets: BTreeSet<usize>,
    namespaces: BTreeSet<Text>,
    /// Pods that have changed since somebody outside last asked.
    touched: BTreeSet<PodId>,
}

/// What a round of controllers is to look at.
pub(super) struct Due {
    pub(super) sets: BTreeSet<usize>,
    pub(super) namespaces: BTreeSet<Text>,
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

    /// A pod has changed: its controller and the budgets of its namespace are looked at again.
    pub(super) fn changed(&mut self, pod: PodId) {
        if let Some(set) = self.lives.get(&pod).and_then(|it| it.set) {
            self.index.sets.insert(set);
        }
        self.index.touched.insert(pod);
        let namespace = self.state.pod_name(pod).0.clone();
        self.index.namespaces.insert(namespace);
        self.wake();
    }

    /// Pods that have changed since this was last asked.
    pub fn take_touched(&mut self) -> BTreeSet<PodId> {
        std::mem::take(&mut self.index.touched)
    }

    /// A controller's number has changed.
    pub(super) fn changed_set(&mut self, set: usize) {
        self.index.sets.insert(set);
        self.index.namespaces.insert(self.sets[set].namespace.clone());
        self.wake();
    }

    /// What has changed since the last round; pods that came from outside are taken in.
    pub(super) fn due(&mut self) -> Due {
        if self.index.all || self.index.known != self.lives.len() {
            self.reindex();
        }
        let index = &mut self.index;
        let mut due = Due { sets: std::mem::take(&mut index.sets), namespaces: std::mem::take(&mut index.namespaces), all: std::mem::take(&mut index.all) };
        if due.all {
            due.sets = (0..self.sets.len()).collect();
        }
        due
    }

    /// Controllers that have changed since this round began; they stay marked.
    pub(super) fn changed_sets(&self) -> BTreeSet<usize> {
        self.index.sets.clone()
    }

    /// Namespaces that have changed since this round began; they stay marked.
    pub(super) fn changed_namespaces(&self) -> BTreeSet<Text> {
        self.index.namespaces.clone()
    }

    fn reindex(&mut self) {
        let touched = std::mem::take(&mut self.index.touched);
        let mut index = Index { known: self.lives.len(), all: true, touched, ..Index::default() };
        for (pod, life) in self.lives.iter().filter(|it| !it.1.gone) {
            index.admit(*pod, life, self.state.pod_name(*pod).0);
            if self.state.node_of(*pod).is_none() && !life.orphan {
                index.waiting.insert(*pod);
            }
        }
        self.index = index;
        self.take_in_attachments();
    }

    pub(super) fn enter(&mut self, pod: PodId, life: Life) {
        let current = self.index.known == self.lives.len();
        self.index.admit(pod, &life, self.state.pod_name(pod).0);
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
        index.waiting.remove(&pod);
    }

    /// Pods of a controller that are not gone, in the order in which they were made.
    pub(super) fn members(&self, set: usize) -> Vec<(PodId, &Life)> {
        let life = |pod: &PodId| self.lives.get(pod).filter(|it| !it.gone).map(|it| (*pod, it));
        if self.index.known == self.lives.len() {
            return self.index.by_set.get(&set).into_iter().flatten().filter_map(life).collect();
        }
        self.lives.iter().filter(|it| it.1.set == Some(set) && !it.1.gone).map(|it| (*it.0, it.1)).collect()
    }

    /// Pods of a namespace that are not gone.
    pub(super) fn in_namespace(&self, namespace: &Text) -> impl Iterator<Item = (PodId, &Life)> {
        let pods = self.index.by_namespace.get(namespace).into_iter().flatten();
        pods.filter_map(|pod| self.lives.get(pod).filter(|it| !it.gone).map(|it| (*pod, it)))
    }
}

impl Index {
    fn admit(&mut self, pod: PodId, life: &Life, namespace: &Text) {
        if let Some(set) = life.set {
            self.by_set.entry(set).or_default().insert(pod);
        }
        match self.by_namespace.get_mut(namespace) {
            Some(pods) => drop(pods.insert(pod)),
            None => drop(self.by_namespace.insert(namespace.clone(), BTreeSet::from([pod]))),
        }
    }
}
