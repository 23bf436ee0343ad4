//! Attach/detach: a volume that one node holds is free for the next only when that node lets go, or has been given up.
//!
//! Source: kubernetes pkg/controller/volume/attachdetach/reconciler.

use std::collections::BTreeMap;

use super::{Event, Rehearsal};
use crate::controllers::latencies::{ATTACH, DETACH, FORCE_DETACH};
use crate::ids::{ClaimId, NodeId, PodId};

/// Which node holds which claim's volume, and which pods wait for it.
#[derive(Debug, Default)]
pub(super) struct Attachments {
    holder: BTreeMap<ClaimId, NodeId>,
    /// Nobody uses it any more; its node is to let go.
    asked: BTreeMap<ClaimId, NodeId>,
    waiting: BTreeMap<ClaimId, Vec<PodId>>,
}

impl Rehearsal {
    /// Volumes of pods that were there from the beginning are attached.
    pub(super) fn take_in_attachments(&mut self) {
        for (pod, life) in &self.lives {
            if let Some(node) = self.state.node_of(*pod).filter(|_| !life.gone) {
                for claim in self.state.exclusive_claims(*pod) {
                    self.attachments.holder.entry(claim).or_insert(node);
                }
            }
        }
    }

    /// The volumes of a pod that got its node: how long attaching takes, or `None` where another node holds one and the pod must wait.
    pub(super) fn claim_volumes(&mut self, pod: PodId) -> Option<i64> {
        let node = self.state.node_of(pod)?;
        let claims = self.state.exclusive_claims(pod);
        let elsewhere: Vec<ClaimId> = claims.iter().copied().filter(|it| self.attachments.holder.get(it).is_some_and(|holder| *holder != node)).collect();
        for claim in &elsewhere {
            let list = self.attachments.waiting.entry(*claim).or_default();
            if !list.contains(&pod) {
                list.push(pod);
            }
            let holder = self.attachments.holder[claim];
            let cause = format!("volume of claim {} is still attached to node {}", self.state.claim_name(*claim), self.state.node_name(holder));
            self.note_pod("PodWaitsForVolume", pod, cause);
        }
        if !elsewhere.is_empty() {
            return None;
        }
        let mut new = false;
        for claim in claims {
            new |= self.attachments.holder.insert(claim, node).is_none();
            self.attachments.asked.remove(&claim);
        }
        Some(if new { self.latencies.of(&ATTACH) } else { 0 })
    }

    /// A pod no longer uses its volumes; the last one on a node starts the clock of the detachment.
    pub(super) fn release_volumes(&mut self, pod: PodId, node: Option<NodeId>) {
        for list in self.attachments.waiting.values_mut() {
            list.retain(|it| *it != pod);
        }
        let Some(node) = node else { return };
        for claim in self.state.exclusive_claims(pod) {
            let shared =
                self.state.is_present(node) && self.state.pods_on(node).iter().any(|it| *it != pod && self.state.exclusive_claims(*it).contains(&claim));
            let held = self.attachments.holder.get(&claim) == Some(&node) && self.attachments.asked.get(&claim) != Some(&node);
            if held && !shared {
                self.attachments.asked.insert(claim, node);
                let wait = self.detach_after(node);
                self.after(wait, Event::Detached(claim, node));
            }
        }
    }

    /// A node that cannot unmount is given up after six minutes, at once when somebody declared it out of service.
    fn detach_after(&self, node: NodeId) -> i64 {
        let unhealthy = self.dead.contains(&node) || !self.state.is_present(node);
        let forced = if unhealthy && !self.is_out_of_service(node) { self.latencies.of(&FORCE_DETACH) } else { 0 };
        forced + self.latencies.of(&DETACH)
    }

    /// The node has let go of what nobody uses, or was given up: what waits may start.
    pub(super) fn detached(&mut self, claim: ClaimId, node: NodeId) {
        if self.attachments.asked.get(&claim) != Some(&node) {
            return;
        }
        self.attachments.asked.remove(&claim);
        self.attachments.holder.remove(&claim);
        let cause = if self.dead.contains(&node) { "given up on a node that is not healthy" } else { "unmounted" };
        let object = format!("PersistentVolumeClaim {}", self.state.claim_name(claim));
        self.note("VolumeDetached", object, cause);
        for pod in self.attachments.waiting.remove(&claim).unwrap_or_default() {
            if self.lives.get(&pod).is_some_and(|it| !it.gone) && !self.state.is_terminating(pod) {
                self.begin_pod(pod);
            }
        }
    }

    /// What waits for this node to let go need not wait any longer than a detachment takes.
    pub(super) fn free_volumes_of(&mut self, node: NodeId) {
        let asked: Vec<ClaimId> = self.attachments.asked.iter().filter(|it| *it.1 == node).map(|it| *it.0).collect();
        let wait = self.latencies.of(&DETACH);
        asked.into_iter().for_each(|claim| self.after(wait, Event::Detached(claim, node)));
    }
}
