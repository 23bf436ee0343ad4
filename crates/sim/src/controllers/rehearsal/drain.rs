//! `kubectl drain`: cordon, evict, wait.

use seatrial_model::pod::Taint;

use super::{DRAIN_POLL_MS, DrainFlags, Event, Rehearsal};
use crate::controllers::latencies::EVICTION_RETRY;
use crate::evict::{Eviction, Health};
use crate::ids::{NodeId, PodId};

#[derive(Clone, Debug)]
pub(super) struct Drain {
    open: Vec<PodId>,
    deadline: i64,
    exit: Option<i32>,
}

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
        self.note_node(if on { "NodeCordoned" } else { "NodeUncordoned" }, node, "");
        if on {
            self.queue.shift()
        } else {
            self.queue.stir()
        }
        self.wake();
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

    /// Ends a drain without success.
    pub(super) fn give_up(&mut self, drain: usize) {
        self.drains[drain].exit.get_or_insert(1);
    }

    /// The exit code of a drain that has ended.
    pub fn exit(&self, drain: usize) -> Option<i32> {
        self.drains[drain].exit
    }

    /// Pods that a drain still waits for.
    pub fn waits_for(&self, drain: usize) -> &[PodId] {
        &self.drains[drain].open
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
            Eviction::Granted | Eviction::Charged(_) => self.stop(pod, "evicted by a drain"),
            Eviction::Refused(id) | Eviction::NotObserved(id) => {
                let budget = self.state.budget(id);
                let cause = format!("PodDisruptionBudget {}/{} allows no disruption now", budget.namespace, budget.name);
                self.note_pod("EvictionRefused", pod, cause);
                let wait = self.delay(&EVICTION_RETRY);
                self.after(wait, Event::Evict(drain, pod));
            }
            Eviction::Ambiguous(_) => {
                self.note_pod("EvictionFailed", pod, "more than one PodDisruptionBudget protects it");
                self.drains[drain].exit = Some(1);
            }
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
}
