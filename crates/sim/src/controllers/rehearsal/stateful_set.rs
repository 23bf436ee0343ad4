//! StatefulSets: pods that keep their names and their claims, one after another or all at once.
//!
//! Source: kubernetes pkg/controller/statefulset/stateful_set_control.go.

use std::collections::BTreeMap;

use seatrial_model::Text;

use super::Rehearsal;
use crate::ids::PodId;

impl Rehearsal {
    /// A missing pod is made when those before it are available; an update goes from the last to the first, one at a time.
    pub(super) fn sync_stateful(&mut self, at: usize) {
        let policy = self.policies.get(&at).cloned().unwrap_or_default();
        let mut by_name: BTreeMap<String, PodId> = BTreeMap::new();
        for (pod, _) in self.members(at) {
            by_name.insert(self.state.pod_name(pod).1.to_string(), pod);
        }
        let name = |ordinal: i64| format!("{}-{ordinal}", self.sets[at].name);
        let pods: Vec<Option<PodId>> = (0..self.sets[at].desired).map(|it| by_name.get(&name(it)).copied()).collect();
        let names: Vec<String> = (0..self.sets[at].desired).map(name).collect();
        let mut healthy = true;
        for (pod, name) in pods.iter().zip(names) {
            match pod {
                None if !self.make(at, name) => return self.back_off(at),
                None => healthy = false,
                Some(pod) => healthy &= !self.state.is_terminating(*pod) && self.is_available(at, *pod),
            }
            if !healthy && !policy.parallel {
                return;
            }
        }
        self.refusals.remove(&at);
        if self.condemn(at, &by_name, policy.parallel) || policy.on_delete || !healthy {
            return;
        }
        let wanted: Vec<Text> = self.sets[at].spec.containers.iter().map(|it| it.image.clone()).collect();
        let outdated = |pod: &&PodId| !self.state.spec(**pod).containers.iter().map(|it| &it.image).eq(&wanted);
        let updated = pods.iter().skip(usize::try_from(policy.partition).unwrap_or(0));
        if let Some(pod) = updated.flatten().rev().find(outdated).copied() {
            self.stop(pod, "its StatefulSet updates it");
        }
    }

    /// Pods beyond the wanted number go, the highest ordinal first; whether there are any.
    fn condemn(&mut self, at: usize, by_name: &BTreeMap<String, PodId>, parallel: bool) -> bool {
        let ordinal = |name: &str| name.rsplit('-').next().and_then(|it| it.parse::<i64>().ok()).unwrap_or(0);
        let mut excess: Vec<(i64, PodId)> = by_name.iter().map(|(name, pod)| (ordinal(name), *pod)).filter(|it| it.0 >= self.sets[at].desired).collect();
        excess.sort_unstable_by(|a, b| b.cmp(a));
        let going = excess.iter().any(|it| self.state.is_terminating(it.1));
        let count = if parallel { excess.len() } else { usize::from(!going) };
        excess.iter().take(count).for_each(|it| self.stop(it.1, "its controller wants fewer pods"));
        !excess.is_empty()
    }

    fn is_available(&self, at: usize, pod: PodId) -> bool {
        let wait = self.policies.get(&at).map_or(0, |it| it.min_ready_seconds * 1000);
        let life = &self.lives[&pod];
        life.ready && (wait == 0 || life.ready_since == 0 || life.ready_since + wait <= self.now)
    }
}
