//! The scheduler's queue, and the played kubelet.

use std::cmp::Reverse;

use super::{Event, Life, Rehearsal, Start};
use crate::ids::PodId;
use crate::schedule::Outcome;

impl Rehearsal {
    pub(super) fn schedule(&mut self) {
        let waiting = |it: &(&PodId, &Life)| !it.1.gone && self.state.node_of(*it.0).is_none() && !self.state.is_terminating(*it.0);
        let mut pending: Vec<PodId> = self.lives.iter().filter(waiting).map(|it| *it.0).collect();
        pending.sort_by_key(|it| (Reverse(self.state.priority(*it)), self.lives[it].created, *it));
        for pod in pending {
            match self.scheduler.schedule(&mut self.state, pod) {
                Outcome::Found(_) => self.begin_pod(pod),
                Outcome::Unschedulable(error) => {
                    let seed = self.scheduler.seed();
                    let attempt = self.state.preempt(pod, &error, seed);
                    if let Some(candidate) = self.state.pick_candidate(pod, &attempt.candidates, seed).cloned() {
                        for victim in self.state.nominate_by_preemption(pod, &candidate) {
                            self.stop(victim);
                            self.state.terminate_preempted(victim);
                        }
                    }
                }
                Outcome::NoNodes | Outcome::Gated => {}
            }
        }
    }

    pub(super) fn begin_pod(&mut self, pod: PodId) {
        let (namespace, name) = self.state.pod_name(pod);
        let start = (self.start)(&self.played, &format!("{namespace}/{name}"), self.state.spec(pod));
        match start {
            Start::After(delay) => self.after(delay, Event::Ready(pod)),
            Start::NeverReady => self.after(self.played.start, Event::Running(pod)),
            Start::Never => {}
        }
        self.touch();
    }

    /// Pods whose containers do not run yet.
    pub fn pending(&self) -> usize {
        self.lives.values().filter(|it| !it.gone && !it.running).count()
    }
}
