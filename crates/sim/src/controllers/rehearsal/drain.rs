//! `kubectl drain`: cordon, evict, wait.

use seatrial_model::pod::Taint;

use super::{DRAIN_POLL_MS, Drain, DrainFlags, EVICTION_RETRY_MS, Event, Rehearsal};
use crate::evict::{Eviction, Health};
use crate::ids::{NodeId, PodId};

impl Rehearsal {
    /// Cordons or uncordons a node.
    pub fn cordon(&mut self, node: NodeId, on: bool) {
        let mut facts = self.state.node_facts(node);
        facts.unschedulable = on;
        facts.taints.retain(|it| &*it.key != "node.kubernetes.io/unschedulable");
        if on {
            facts.taints.push(Taint { key: "node.kubernetes.io/unschedulable".into(), effect: "NoSchedule".into(), ..Taint::default() });
        }
        self.state.update_node(node, facts);
        self.touch();
    }

    /// Begins `kubectl drain`; its exit code is known later.
    ///
    /// Source: kubernetes kubectl/pkg/drain (filters.go, drain.go).
    pub fn drain(&mut self, node: NodeId, flags: DrainFlags) -> usize {
        self.cordon(node, true);
        let pods: Vec<PodId> = self.state.pods_on(node).to_vec();
        let life = |it: &PodId| self.lives.get(it).cloned().unwrap_or_default();
        let refused = pods.iter().map(life).any(|it| {
            (it.daemon && !flags.ignore_daemonsets)
                || (!it.daemon && it.set.is_none() && !flags.force)
                || (!it.daemon && it.empty_dir && !flags.delete_emptydir_data)
        });
        let open: Vec<PodId> = if refused { Vec::new() } else { pods.into_iter().filter(|it| !life(it).daemon).collect() };
        let id = self.drains.len();
        let deadline = flags.timeout.map_or(i64::MAX, |it| self.now + it);
        self.drains.push(Drain { open: open.clone(), deadline, exit: refused.then_some(1) });
        if !refused {
            open.iter().for_each(|pod| self.after(50, Event::Evict(id, *pod)));
            self.after(DRAIN_POLL_MS, Event::Poll(id));
        }
        id
    }

    /// The exit code of a drain that has ended.
    pub fn exit(&self, drain: usize) -> Option<i32> {
        self.drains[drain].exit
    }

    pub(super) fn evict(&mut self, drain: usize, pod: PodId) {
        if self.drains[drain].exit.is_some() || self.lives.get(&pod).is_none_or(|it| it.gone) {
            return;
        }
        let life = &self.lives[&pod];
        let health = if !life.running {
            Health::NotRunning
        } else if life.ready {
            Health::Ready
        } else {
            Health::Unready
        };
        match self.state.evict(pod, health, self.now) {
            Eviction::Granted | Eviction::Charged(_) => self.stop(pod),
            Eviction::Refused(_) | Eviction::NotObserved(_) => self.after(EVICTION_RETRY_MS, Event::Evict(drain, pod)),
            Eviction::Ambiguous(_) => self.drains[drain].exit = Some(1),
        }
    }

    pub(super) fn poll(&mut self, drain: usize) {
        if self.drains[drain].exit.is_some() {
            return;
        }
        let lives = &self.lives;
        let it = &mut self.drains[drain];
        it.open.retain(|pod| lives.get(pod).is_some_and(|life| !life.gone));
        if it.open.is_empty() {
            it.exit = Some(0);
        } else if self.now >= it.deadline {
            it.exit = Some(1);
        } else {
            let next = DRAIN_POLL_MS.min(it.deadline - self.now).max(1);
            self.after(next, Event::Poll(drain));
        }
    }

    /// Deletes a pod gracefully.
    pub(super) fn stop(&mut self, pod: PodId) {
        if self.state.is_terminating(pod) {
            return;
        }
        self.state.terminate(pod);
        // A pod that no kubelet has goes at once; one whose kubelet is dead does not go at all.
        match self.state.node_of(pod) {
            None => self.after(0, Event::Gone(pod)),
            Some(node) if !self.dead.contains(&node) => self.after(self.played.stop, Event::Gone(pod)),
            Some(_) => {}
        }
        self.touch();
    }
}
