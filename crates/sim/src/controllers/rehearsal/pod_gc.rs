//! Pod garbage collection: pods of nodes that are gone, and terminating pods of nodes that are out of service.
//!
//! Source: kubernetes pkg/controller/podgc/gc_controller.go.

use super::{Event, Rehearsal};
use crate::controllers::latencies::{POD_GC_PERIOD, POD_GC_QUARANTINE};
use crate::controllers::pod_gc::is_out_of_service;
use crate::ids::{NodeId, PodId};

/// Pods whose node's object is gone.
#[derive(Debug)]
pub(super) struct Orphans {
    node: NodeId,
    pods: Vec<PodId>,
    /// When a round first missed the node.
    missed: Option<i64>,
}

impl Rehearsal {
    /// Sees to it that a round comes.
    pub(super) fn expect_garbage(&mut self) {
        if !self.collection_due {
            self.collection_due = true;
            let period = self.latencies.of(&POD_GC_PERIOD).max(1);
            self.after(period - self.now.rem_euclid(period), Event::CollectGarbage);
        }
    }

    /// Remembers the pods of a node whose object is gone.
    pub(super) fn orphan(&mut self, node: NodeId, pods: Vec<PodId>) {
        for pod in &pods {
            if let Some(life) = self.lives.get_mut(pod) {
                (life.orphan, life.ready) = (true, false);
            }
            self.changed(*pod);
        }
        if !pods.is_empty() {
            self.orphans.push(Orphans { node, pods, missed: None });
            self.expect_garbage();
        }
    }

    pub(super) fn collect_garbage(&mut self) {
        self.collection_due = false;
        let quarantine = self.latencies.of(&POD_GC_QUARANTINE);
        for mut it in std::mem::take(&mut self.orphans) {
            match it.missed {
                Some(since) if self.now >= since + quarantine => it.pods.into_iter().for_each(|pod| self.collect(pod, it.node, "its node no longer exists")),
                missed => {
                    it.missed = missed.or(Some(self.now));
                    self.orphans.push(it);
                }
            }
        }
        for node in self.dead.clone() {
            if !self.state.is_present(node) || !is_out_of_service(false, &self.state.node_facts(node).taints) {
                continue;
            }
            for pod in self.state.pods_on(node).to_vec() {
                if self.state.is_terminating(pod) {
                    self.collect(pod, node, "its node is out of service");
                }
            }
        }
        if !self.orphans.is_empty() {
            self.expect_garbage();
        }
    }

    fn collect(&mut self, pod: PodId, node: NodeId, cause: &'static str) {
        if self.lives.get(&pod).is_none_or(|it| it.gone) {
            return;
        }
        self.note_pod("PodForceDeleted", pod, cause);
        self.release_volumes(pod, Some(node));
        self.pod_gone(pod);
    }
}
