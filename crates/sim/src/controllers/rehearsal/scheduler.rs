//! The scheduler's queue: pods by priority and age; one that found no node waits until something happened, and before 1.33 at least its back-off.
//!
//! Source: kubernetes pkg/scheduler/backend/queue/scheduling_queue.go.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Event, Rehearsal};
use crate::controllers::latencies::{SCHEDULER_BACKOFF, SCHEDULER_BACKOFF_MAX, SCHEDULER_FLUSH};
use crate::filter::{Plugin, Status};
use crate::ids::{ClassId, PodId};
use crate::schedule::{FitError, Outcome};

/// Pods that were tried and found no node.
#[derive(Debug, Default)]
pub(super) struct Queue {
    tries: BTreeMap<PodId, Try>,
    /// Grows with everything that could make room.
    moves: u64,
    /// Grows with every pod that gets a node, and whenever nodes do not count any more.
    arrivals: u64,
    /// When the next look is due, where one is.
    timer: Option<i64>,
    /// What a pod of a class was told, and when: while nothing has happened since, its siblings would be told the same.
    told: HashMap<ClassId, (Moment, Arc<FitError>)>,
    /// The moment at which the rehearsal began, and what was told then.
    start: Option<Moment>,
    /// Classes there were then: those that a rehearsal makes never come again.
    classes: usize,
    at_rest: Told,
}

/// What waiting pods are told while nothing has happened yet: the same in every rehearsal that begins with the same state.
#[derive(Clone, Debug, Default)]
pub struct Told(HashMap<ClassId, Arc<FitError>>);

/// Counts of everything that a search and a preemption depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    frees: u64,
    nominations: usize,
    moves: u64,
    arrivals: u64,
}

#[derive(Clone, Copy, Debug)]
struct Try {
    attempts: u32,
    at: i64,
    not_before: i64,
    moves: u64,
    /// The count of arrivals, where affinity or spreading refused the pod: nothing else gets better by a pod that comes.
    arrivals: Option<u64>,
}

impl Queue {
    /// Something happened that could make room for a waiting pod.
    pub(super) fn stir(&mut self) {
        self.moves += 1;
    }

    /// Something happened that can only help pods that affinity or spreading refused.
    pub(super) fn shift(&mut self) {
        self.arrivals += 1;
    }

    pub(super) fn forget(&mut self, pod: PodId) {
        self.tries.remove(&pod);
    }

    /// Pods that were tried without success.
    pub(super) fn failed(&self) -> impl Iterator<Item = PodId> {
        self.tries.keys().copied()
    }
}

impl Rehearsal {
    pub(super) fn schedule(&mut self) {
        let mut due: Vec<PodId> = Vec::new();
        for pod in self.index.waiting.iter().copied().filter(|it| !self.state.is_terminating(*it)).collect::<Vec<_>>() {
            match self.try_at(pod) {
                Some(at) if at <= self.now => due.push(pod),
                Some(at) => self.look_again(at),
                None => {}
            }
        }
        due.sort_by_key(|it| (Reverse(self.state.priority(*it)), self.lives[it].created, *it));
        due.into_iter().for_each(|pod| self.schedule_one(pod));
    }

    /// When a waiting pod may be tried; `None` while nothing has happened that could help it.
    fn try_at(&self, pod: PodId) -> Option<i64> {
        let Some(last) = self.queue.tries.get(&pod) else { return Some(self.now) };
        let flush = last.at + self.delay(&SCHEDULER_FLUSH);
        let stirred = last.moves != self.queue.moves || last.arrivals.is_some_and(|it| it != self.queue.arrivals);
        if stirred { Some(last.not_before) } else { (flush <= self.now).then_some(self.now) }
    }

    /// Takes over what another rehearsal on the same state found out while nothing had happened.
    pub fn recall(&mut self, told: Told) {
        let moment = self.moment();
        (self.queue.start, self.queue.classes) = (Some(moment), self.state.pods.classes.len());
        self.queue.told.extend(told.0.iter().map(|(class, error)| (*class, (moment, Arc::clone(error)))));
        self.queue.at_rest = told;
    }

    /// What is known for the next rehearsal on the same state.
    pub fn told(&mut self) -> Told {
        std::mem::take(&mut self.queue.at_rest)
    }

    fn moment(&self) -> Moment {
        let (moves, arrivals) = (self.queue.moves, self.queue.arrivals);
        Moment { frees: self.state.frees, nominations: self.state.nominations, moves, arrivals }
    }

    /// The class that answers for a pod: none where volumes or a nomination make it differ from its siblings.
    fn answering_class(&self, pod: PodId) -> Option<ClassId> {
        let class = self.state.pods.record(pod).class;
        (!self.state.pods.class_of(pod).has_volumes && self.state.nominated_node(pod).is_none()).then_some(class)
    }

    fn schedule_one(&mut self, pod: PodId) {
        let class = self.answering_class(pod);
        if let Some((at, error)) = class.and_then(|it| self.queue.told.get(&it))
            && *at == self.moment()
        {
            let error = Arc::clone(error);
            return self.failed(pod, &error);
        }
        match self.scheduler.schedule(&mut self.state, pod) {
            Outcome::Found(_) => {
                self.queue.forget(pod);
                self.index.waiting.remove(&pod);
                if self.keep_journal
                    && let Some(node) = self.state.node_of(pod)
                {
                    let cause = format!("to node {}", self.state.node_name(node));
                    self.note_pod("PodScheduled", pod, cause);
                }
                self.queue.arrivals += 1;
                self.begin_pod(pod);
            }
            Outcome::Unschedulable(error) => {
                let changed = self.preempt_for(pod, &error);
                let error: Arc<FitError> = Arc::from(error);
                // Where not every node was asked, the next search begins elsewhere. What preemption tried is as it was, though counted.
                if let Some(class) = class.filter(|_| !changed && error.absent.is_none()) {
                    let moment = self.moment();
                    if self.queue.start == Some(moment) && class.index() < self.queue.classes {
                        self.queue.at_rest.0.insert(class, Arc::clone(&error));
                    }
                    self.queue.told.insert(class, (moment, Arc::clone(&error)));
                }
                self.failed(pod, &error);
            }
            Outcome::NoNodes => self.failed(pod, &FitError::default()),
            Outcome::Gated => {}
        }
    }

    /// Makes room by preemption; whether it did.
    fn preempt_for(&mut self, pod: PodId, error: &FitError) -> bool {
        let seed = self.scheduler.seed();
        let candidates = self.state.preemption_candidates(pod, error, seed);
        let Some(candidate) = self.state.pick_candidate(pod, &candidates, seed).cloned() else { return false };
        for victim in self.state.nominate_by_preemption(pod, &candidate) {
            self.stop(victim, "preempted by a pod of higher priority");
            self.state.terminate_preempted(victim);
        }
        true
    }

    fn failed(&mut self, pod: PodId, error: &FitError) {
        let attempts = self.queue.tries.get(&pod).map_or(1, |it| it.attempts.saturating_add(1));
        if attempts == 1 && self.keep_journal {
            self.note_pod("FailedScheduling", pod, error.message());
        }
        let (first, most) = (self.delay(&SCHEDULER_BACKOFF), self.delay(&SCHEDULER_BACKOFF_MAX));
        let backoff = first.saturating_mul(1 << (attempts - 1).min(20)).min(most);
        // In virtual time a round takes no time: whenever something happens, the scheduler is idle.
        let backoff = if self.state.rules().pops_from_backoff() { 0 } else { backoff };
        let waits = |it: &Status| matches!(it.plugin, Plugin::InterPodAffinity | Plugin::PodTopologySpread);
        let arrivals = error.statuses.iter().any(|it| waits(&it.1)).then_some(self.queue.arrivals);
        let it = Try { attempts, at: self.now, not_before: self.now + backoff, moves: self.queue.moves, arrivals };
        self.queue.tries.insert(pod, it);
        self.expect_capacity();
    }

    fn look_again(&mut self, at: i64) {
        if self.queue.timer.is_none_or(|it| it > at || it <= self.now) {
            self.queue.timer = Some(at);
            self.after(at - self.now, Event::Schedule);
        }
    }

    pub(super) fn schedule_due(&mut self) {
        self.wake();
    }
}
