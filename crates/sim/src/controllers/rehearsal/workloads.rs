//! Deployments, ReplicaSets and StatefulSets: how many pods there are to be, and which go first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use seatrial_model::pod::Toleration;
use seatrial_model::{PodSpec, Quantity, ResourceList, Text};

use super::{Event, Life, Rehearsal, Rollout};
use crate::controllers::deployment::{Replicas, cleanup_unhealthy, max_scaled_down, new_replicas, resolve_fenceposts, scale_down_old};
use crate::ids::PodId;
use crate::pods::{Owner, PodFacts};
use crate::requests::{RequestOptions, pod_requests};

impl Rehearsal {
    pub(super) fn sync(&mut self) {
        self.sync_due = false;
        self.sync_budgets();
        (0..self.rollouts.len()).for_each(|at| self.sync_rollout(at));
        (0..self.sets.len()).for_each(|at| self.sync_set(at));
        self.schedule();
        self.sync_budgets();
        for at in 0..self.rollouts.len() {
            let ready = self.rollouts[at].sets.iter().map(|it| self.available(*it)).sum();
            let least = &mut self.rollouts[at].least_ready;
            *least = Some(least.map_or(ready, |it| it.min(ready)));
        }
    }

    pub(super) fn members(&self, set: usize) -> impl Iterator<Item = (PodId, &Life)> {
        self.lives.iter().filter(move |it| it.1.set == Some(set) && !it.1.gone).map(|it| (*it.0, it.1))
    }

    /// Pods of a controller that count: those not asked to go.
    pub(super) fn active(&self, set: usize) -> Vec<PodId> {
        self.members(set).map(|it| it.0).filter(|it| !self.state.is_terminating(*it)).collect()
    }

    /// Available pods of a controller.
    pub fn available(&self, set: usize) -> i64 {
        self.active(set).iter().filter(|it| self.lives[it].ready).count() as i64
    }

    pub(super) fn sync_set(&mut self, at: usize) {
        if &*self.sets[at].kind == "StatefulSet" {
            return self.sync_stateful(at);
        }
        let active = self.active(at);
        let missing = self.sets[at].desired - active.len() as i64;
        for _ in 0..missing.max(0) {
            if !self.admits(at) {
                // The controller backs off and tries again.
                self.after(1000, Event::Sync);
                break;
            }
            let name = format!("{}-made{}", self.sets[at].name, self.serial);
            self.made += 1;
            self.make(at, name);
        }
        if missing < 0 {
            for pod in self.to_delete(&active).into_iter().take(missing.unsigned_abs() as usize) {
                self.stop(pod);
            }
        }
    }

    /// Whether the quotas of the namespace leave room for one more pod.
    ///
    /// Source: kubernetes pkg/quota/v1/evaluator/core/pods.go.
    pub(super) fn admits(&self, at: usize) -> bool {
        let set = &self.sets[at];
        let asked = pod_requests(&set.spec, None, &RequestOptions::default());
        self.quotas.iter().filter(|it| it.0 == set.namespace).all(|(namespace, hard)| {
            let mine = || self.lives.iter().filter(|it| !it.1.gone && self.state.pod_name(*it.0).0 == namespace).map(|it| *it.0);
            hard.iter().all(|(name, limit)| match name.strip_prefix("requests.").unwrap_or(name) {
                "pods" | "count/pods" => (mine().count() as i64) < limit.value(),
                resource @ ("cpu" | "memory") => {
                    let of = |list: &ResourceList| list.get(resource).copied().unwrap_or_default();
                    let used: Quantity = mine().map(|it| of(&pod_requests(self.state.spec(it), None, &RequestOptions::default()))).sum();
                    used + of(&asked) <= *limit
                }
                _ => true,
            })
        })
    }

    /// Pods one after another: a missing one is made when those before it are Ready; an update goes from the last to the first.
    ///
    /// Source: kubernetes pkg/controller/statefulset/stateful_set_control.go.
    pub(super) fn sync_stateful(&mut self, at: usize) {
        let mut by_name: BTreeMap<String, PodId> = BTreeMap::new();
        for (pod, _) in self.members(at) {
            by_name.insert(self.state.pod_name(pod).1.to_string(), pod);
        }
        let name = |ordinal: i64| format!("{}-{ordinal}", self.sets[at].name);
        let pods: Vec<Option<PodId>> = (0..self.sets[at].desired).map(|it| by_name.get(&name(it)).copied()).collect();
        for (ordinal, pod) in pods.iter().enumerate() {
            match pod {
                None => return self.make(at, name(ordinal as i64)),
                Some(pod) if self.state.is_terminating(*pod) || !self.lives[pod].ready => return,
                Some(_) => {}
            }
        }
        let wanted: Vec<Text> = self.sets[at].spec.containers.iter().map(|it| it.image.clone()).collect();
        let outdated = |pod: &&PodId| !self.state.spec(**pod).containers.iter().map(|it| &it.image).eq(&wanted);
        if let Some(pod) = pods.iter().flatten().rev().find(outdated).copied() {
            self.stop(pod);
        }
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

    pub(super) fn make(&mut self, at: usize, name: String) {
        let set = &self.sets[at];
        self.serial += 1;
        let stateful = &*set.kind == "StatefulSet";
        let owner = Owner { api_version: "apps/v1".into(), kind: set.kind.clone(), name: set.name.clone() };
        let mut spec = with_default_tolerations(&set.spec);
        if stateful {
            spec = with_claims(&spec, &name);
        }
        let facts =
            PodFacts { namespace: set.namespace.clone(), name: name.into(), labels: set.labels.clone(), owner: Some(owner), spec, ..PodFacts::default() };
        let pod = self.state.add_pod(&facts);
        self.lives.insert(pod, Life { set: Some(at), created: self.now, ..Life::default() });
        self.touch();
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
            self.sets[rollout.current].desired = next;
            return self.touch();
        }
        let replicas = |it: usize| Replicas { replicas: self.sets[it].desired, available: self.available(it) };
        let mut olds: Vec<Replicas> = old.iter().map(|it| replicas(*it)).collect();
        let current = replicas(rollout.current);
        let most = max_scaled_down(rollout.replicas, posts.unavailable, olds.iter().map(|it| it.replicas).sum(), current);
        if most <= 0 || olds.iter().all(|it| it.replicas == 0) {
            return;
        }
        let available = current.available + olds.iter().map(|it| it.available).sum::<i64>();
        let changed = cleanup_unhealthy(&mut olds, most) + scale_down_old(&mut olds, rollout.replicas, posts.unavailable, available);
        for (set, it) in old.iter().zip(&olds) {
            self.sets[*set].desired = it.replicas;
        }
        if changed > 0 {
            self.touch();
        }
    }

    pub(super) fn sync_recreate(&mut self, rollout: &Rollout, old: &[usize]) {
        old.iter().for_each(|it| self.sets[*it].desired = 0);
        if old.iter().all(|it| self.members(*it).next().is_none()) {
            self.sets[rollout.current].desired = rollout.replicas;
        }
    }
}

/// Admission lets every pod stay five minutes on a node that is not ready or unreachable.
///
/// Source: kubernetes plugin/pkg/admission/defaulttolerationseconds.
fn with_default_tolerations(spec: &Arc<PodSpec>) -> Arc<PodSpec> {
    let mut spec = (**spec).clone();
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let covers = |it: &Toleration| {
            let any = it.key.as_deref().unwrap_or("").is_empty() || it.key.as_deref() == Some(key);
            any && matches!(it.effect.as_deref().unwrap_or(""), "" | "NoExecute")
        };
        if !spec.tolerations.iter().any(covers) {
            spec.tolerations.push(Toleration {
                key: Some(key.into()),
                operator: Some("Exists".into()),
                effect: Some("NoExecute".into()),
                toleration_seconds: Some(300),
                ..Toleration::default()
            });
        }
    }
    Arc::new(spec)
}

/// The claims of a StatefulSet's pod carry its name.
fn with_claims(spec: &Arc<PodSpec>, pod: &str) -> Arc<PodSpec> {
    let mut spec = (**spec).clone();
    for claim in spec.volumes.iter_mut().filter_map(|it| it.persistent_volume_claim.as_mut()) {
        let template = claim.claim_name.split('-').next().unwrap_or("").to_owned();
        claim.claim_name = format!("{template}-{pod}").into();
    }
    Arc::new(spec)
}
