//! Deployments and ReplicaSets: how many pods there are to be, and which go first; and the round in which all controllers look.

use std::cmp::Reverse;

use super::{Event, Rehearsal, Rollout};
use crate::controllers::deployment::{Replicas, cleanup_unhealthy, max_scaled_down, new_replicas, resolve_fenceposts, scale_down_old};
use crate::controllers::latencies::{CONTROLLER_BACKOFF, CONTROLLER_BACKOFF_MAX};
use crate::ids::PodId;

/// A ReplicaSet makes or deletes at most this many pods in one round.
///
/// Source: kubernetes pkg/controller/replicaset/replica_set.go BurstReplicas.
const BURST: i64 = 500;

impl Rehearsal {
    pub(super) fn sync(&mut self) {
        self.sync_due = false;
        let mut due = self.due();
        self.sync_budgets(&due.budgets);
        let rollouts: Vec<usize> = (0..self.rollouts.len()).filter(|at| due.all || self.rollouts[*at].sets.iter().any(|it| due.sets.contains(it))).collect();
        self.wake_autoscalers(&due, &rollouts);
        rollouts.iter().for_each(|at| self.sync_rollout(*at));
        // What a Deployment has just resized is looked at in the same round.
        due.sets.extend(self.changed_sets());
        due.sets.iter().for_each(|at| self.sync_set(*at));
        self.schedule();
        due.budgets.extend(self.changed_budgets());
        self.sync_budgets(&due.budgets);
        for at in rollouts {
            let ready = self.rollouts[at].sets.iter().map(|it| self.available(*it)).sum();
            let least = &mut self.rollouts[at].least_ready;
            *least = Some(least.map_or(ready, |it| it.min(ready)));
        }
        due.sets.into_iter().for_each(|set| self.record_ready(set));
    }

    pub(super) fn resync(&mut self, set: usize) {
        self.changed_set(set);
    }

    /// Pods of a controller that count: those not asked to go.
    pub(super) fn active(&self, set: usize) -> Vec<PodId> {
        self.members(set).into_iter().map(|it| it.0).filter(|it| !self.state.is_terminating(*it)).collect()
    }

    /// Available pods of a controller: Ready for as long as it asks.
    pub fn available(&self, set: usize) -> i64 {
        let wait = self.policies.get(&set).map_or(0, |it| it.min_ready_seconds * 1000);
        let long_enough = |it: &PodId| self.lives[it].ready && (wait == 0 || self.lives[it].ready_since + wait <= self.now || self.lives[it].ready_since == 0);
        self.active(set).iter().filter(|it| long_enough(it)).count() as i64
    }

    /// Ready pods of a controller, those asked to go included.
    pub(super) fn ready_pods(&self, set: usize) -> i64 {
        self.members(set).iter().filter(|it| it.1.ready).count() as i64
    }

    /// A pod that became Ready is looked at again when it has been for as long as its controller asks.
    pub(super) fn await_availability(&mut self, pod: PodId) {
        let Some(set) = self.lives.get(&pod).and_then(|it| it.set) else { return };
        let wait = self.policies.get(&set).map_or(0, |it| it.min_ready_seconds * 1000);
        if wait > 0 && self.lives[&pod].ready {
            self.after(wait, Event::Resync(set));
        }
    }

    pub(super) fn sync_set(&mut self, at: usize) {
        match &*self.sets[at].kind {
            "StatefulSet" => self.sync_stateful(at),
            "DaemonSet" => self.sync_daemon(at),
            "Job" => self.sync_job(at),
            _ => self.sync_replicas(at),
        }
    }

    fn sync_replicas(&mut self, at: usize) {
        let active = self.active(at);
        let missing = self.sets[at].desired - active.len() as i64;
        for _ in 0..missing.clamp(0, BURST) {
            let name = format!("{}-made{}", self.sets[at].name, self.serial);
            if !self.make(at, name) {
                return self.back_off(at);
            }
        }
        self.refusals.remove(&at);
        if missing < 0 {
            for pod in self.to_delete(&active).into_iter().take(missing.unsigned_abs() as usize) {
                self.stop(pod, "its controller wants fewer pods");
            }
        }
        if missing.abs() > BURST {
            self.changed_set(at);
        }
    }

    /// A refused request is tried again after a wait that doubles.
    pub(super) fn back_off(&mut self, at: usize) {
        let count = self.refusals.entry(at).or_default();
        let doublings = (*count).min(40);
        *count += 1;
        let wait = self.delay(&CONTROLLER_BACKOFF).saturating_mul(1 << doublings).min(self.delay(&CONTROLLER_BACKOFF_MAX));
        self.after(wait, Event::Resync(at));
    }

    /// Which pods go first: without a node, not running, not ready, two on a node, newest.
    ///
    /// Source: kubernetes pkg/controller/controller_utils.go ActivePodsWithRanks.
    pub(super) fn to_delete(&self, active: &[PodId]) -> Vec<PodId> {
        let together = |pod: &PodId| active.iter().filter(|it| self.state.node_of(**it) == self.state.node_of(*pod)).count();
        let mut all = active.to_vec();
        all.sort_by_key(|it| {
            let life = &self.lives[it];
            (self.state.node_of(*it).is_some(), life.running, life.ready, Reverse(together(it)), Reverse(life.created), *it)
        });
        all
    }

    pub(super) fn sync_rollout(&mut self, at: usize) {
        let rollout = self.rollouts[at].clone();
        let old: Vec<usize> = rollout.sets.iter().copied().filter(|it| *it != rollout.current).collect();
        if rollout.recreate {
            return self.sync_recreate(&rollout, &old);
        }
        let Some(posts) = resolve_fenceposts(rollout.max_surge.as_ref(), rollout.max_unavailable.as_ref(), rollout.replicas) else { return };
        let all: i64 = rollout.sets.iter().map(|it| self.sets[*it].desired).sum();
        let new = self.sets[rollout.current].desired;
        let next = new_replicas(rollout.replicas, posts.surge, new, all);
        if next != new {
            return self.resize(rollout.current, next);
        }
        let replicas = |it: usize| Replicas { replicas: self.sets[it].desired, available: self.available(it) };
        let mut olds: Vec<Replicas> = old.iter().map(|it| replicas(*it)).collect();
        let current = replicas(rollout.current);
        let most = max_scaled_down(rollout.replicas, posts.unavailable, olds.iter().map(|it| it.replicas).sum(), current);
        if most <= 0 || olds.iter().all(|it| it.replicas == 0) {
            return;
        }
        let available = current.available + olds.iter().map(|it| it.available).sum::<i64>();
        cleanup_unhealthy(&mut olds, most);
        scale_down_old(&mut olds, rollout.replicas, posts.unavailable, available);
        for (set, it) in old.iter().zip(&olds) {
            self.resize(*set, it.replicas);
        }
    }

    pub(super) fn sync_recreate(&mut self, rollout: &Rollout, old: &[usize]) {
        old.iter().for_each(|it| self.resize(*it, 0));
        if old.iter().all(|it| self.members(*it).is_empty()) {
            self.resize(rollout.current, rollout.replicas);
        }
    }

    fn resize(&mut self, set: usize, replicas: i64) {
        if self.sets[set].desired == replicas {
            return;
        }
        let cause = format!("{} to {replicas}", self.sets[set].desired);
        self.sets[set].desired = replicas;
        let object = self.set_name(set);
        self.note("Scaled", object, cause);
        self.changed_set(set);
    }
}
