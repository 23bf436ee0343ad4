//! Jobs: pods that run to an end, as many at once as asked for, replaced with growing patience when they fail.
//!
//! Source: kubernetes pkg/controller/job/job_controller.go.

use super::{Event, Rehearsal};
use crate::controllers::job::{backoff, is_complete, wanted};
use crate::controllers::latencies::{JOB_BACKOFF, JOB_BACKOFF_MAX, JOB_RUN};
use crate::ids::PodId;

/// What a Job asks for, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobPlan {
    /// `spec.parallelism`.
    pub parallelism: i64,
    /// `spec.completions`; `None` where any one success completes it.
    pub completions: Option<i64>,
    /// `spec.backoffLimit`.
    pub backoff_limit: i64,
    /// `spec.activeDeadlineSeconds`, in milliseconds.
    pub deadline: Option<i64>,
    /// How long a pod runs, in milliseconds; `None`: the named delay `job-run`.
    pub run: Option<i64>,
    /// Milliseconds since the beginning when it started.
    pub started: i64,
    /// Pods that ended well.
    pub succeeded: i64,
    /// Pods that did not.
    pub failed: i64,
    /// When the last one did not.
    pub last_failure: i64,
    /// Whether it ended, and whether well.
    pub ended: Option<bool>,
    /// The CronJob that made it.
    pub cron: Option<usize>,
}

impl Default for JobPlan {
    /// One pod, six failures allowed.
    fn default() -> Self {
        Self {
            parallelism: 1,
            completions: Some(1),
            backoff_limit: 6,
            deadline: None,
            run: None,
            started: 0,
            succeeded: 0,
            failed: 0,
            last_failure: 0,
            ended: None,
            cron: None,
        }
    }
}

impl Rehearsal {
    pub(super) fn sync_job(&mut self, at: usize) {
        let Some(plan) = self.jobs.get(&at).cloned().filter(|it| it.ended.is_none()) else { return };
        let active = self.active(at);
        if is_complete(plan.completions, plan.succeeded, active.len() as i64) {
            return self.end_job(at, true, "complete");
        }
        if plan.failed > plan.backoff_limit {
            return self.end_job(at, false, "BackoffLimitExceeded");
        }
        if let Some(deadline) = plan.deadline.filter(|it| self.now >= plan.started + it) {
            debug_assert!(deadline >= 0, "deadlines are not negative");
            return self.end_job(at, false, "DeadlineExceeded");
        }
        let missing = wanted(plan.parallelism, plan.completions, plan.succeeded, active.len() as i64) - active.len() as i64;
        if missing > 0 {
            let wait = backoff(plan.failed, self.delay(&JOB_BACKOFF), self.delay(&JOB_BACKOFF_MAX));
            if plan.failed > 0 && self.now < plan.last_failure + wait {
                return self.after(plan.last_failure + wait - self.now, Event::Resync(at));
            }
        }
        for _ in 0..missing.max(0) {
            let name = format!("{}-made{}", self.sets[at].name, self.serial);
            if !self.make(at, name) {
                return self.back_off(at);
            }
        }
        self.refusals.remove(&at);
        active.into_iter().take(missing.min(0).unsigned_abs() as usize).for_each(|it| self.stop(it, "its Job wants fewer pods"));
    }

    fn end_job(&mut self, at: usize, well: bool, why: &'static str) {
        let object = self.set_name(at);
        self.note(if well { "JobComplete" } else { "JobFailed" }, object, why);
        let cron = self.jobs.get_mut(&at).and_then(|it| {
            it.ended = Some(well);
            it.cron
        });
        for pod in self.active(at) {
            self.stop(pod, "its Job has ended");
        }
        if let Some(cron) = cron {
            self.cron_due(cron);
        }
    }

    /// A pod of a Job runs: its end comes.
    pub(super) fn await_end(&mut self, pod: PodId) {
        let Some(plan) = self.lives.get(&pod).and_then(|it| self.jobs.get(&it.set?)) else { return };
        let run = plan.run.unwrap_or_else(|| self.delay(&JOB_RUN));
        self.after(run, Event::Finished(pod));
    }

    pub(super) fn pod_finished(&mut self, pod: PodId) {
        if !self.has_kubelet(pod) || self.lives.get(&pod).is_none_or(|it| it.gone) {
            return;
        }
        let node = self.state.node_of(pod);
        self.release_volumes(pod, node);
        self.leave(pod);
        let set = self.lives.get_mut(&pod).and_then(|it| {
            (it.succeeded, it.gone, it.ready) = (true, true, false);
            it.set
        });
        if let Some(plan) = set.and_then(|it| self.jobs.get_mut(&it)) {
            plan.succeeded += 1;
        }
        // A finished pod holds nothing on its node.
        self.state.delete_pod(pod);
        self.queue.stir();
        self.note_pod("PodSucceeded", pod, "ran to its end");
    }

    /// A pod of a Job is to go, or has gone, without having ended well: it counts, and is replaced, as soon as its deletion is asked for.
    ///
    /// Source: kubernetes pkg/controller/job/job_controller.go isPodFailed (podReplacementPolicy TerminatingOrFailed).
    pub(super) fn count_failure(&mut self, pod: PodId) {
        let now = self.now;
        let Some(plan) = self.lives.get(&pod).and_then(|it| it.set).and_then(|it| self.jobs.get_mut(&it)) else { return };
        if plan.ended.is_none() {
            plan.failed += 1;
            plan.last_failure = now;
        }
    }
}
