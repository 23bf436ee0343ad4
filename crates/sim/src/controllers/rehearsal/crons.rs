//! CronJobs: at their minute a Job is made, unless the one before runs on and forbids it.
//!
//! Source: kubernetes pkg/controller/cronjob/cronjob_controllerv2.go syncCronJob.

use std::sync::Arc;

use seatrial_model::{Labels, PodSpec, Schedule, Text};

use super::jobs::JobPlan;
use super::{Event, PodSetController, Rehearsal};
use crate::controllers::cron_job::{Concurrency, Turn, turn};

/// A CronJob.
#[derive(Clone, Debug)]
pub struct CronPlan {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// When it runs.
    pub schedule: Schedule,
    /// `concurrencyPolicy`.
    pub concurrency: Concurrency,
    /// `startingDeadlineSeconds`, in milliseconds.
    pub deadline: Option<i64>,
    /// The Job it makes.
    pub job: JobPlan,
    /// Labels of the Job's pods.
    pub labels: Labels,
    /// The Job's pods.
    pub spec: Arc<PodSpec>,
    /// The last scheduled time, or when it was made: milliseconds since the epoch.
    pub last: i64,
}

impl Rehearsal {
    /// Adds a CronJob. The wall clock is [`Rehearsal::wall`] at the beginning.
    pub fn add_cron(&mut self, plan: CronPlan) -> usize {
        self.crons.push(plan);
        self.after(0, Event::Cron(self.crons.len() - 1));
        self.crons.len() - 1
    }

    /// Jobs of a CronJob that have not ended.
    pub fn active_jobs(&self, cron: usize) -> Vec<usize> {
        self.jobs.iter().filter(|it| it.1.cron == Some(cron) && it.1.ended.is_none()).map(|it| *it.0).collect()
    }

    pub(super) fn cron_due(&mut self, at: usize) {
        let clock = self.wall.saturating_add(self.now);
        let plan = self.crons[at].clone();
        let active = self.active_jobs(at);
        let object = format!("CronJob {}/{}", plan.namespace, plan.name);
        match turn(&plan.schedule, plan.last, clock, plan.deadline, plan.concurrency, active.len()) {
            Turn::Nothing => {}
            Turn::TooLate(time) => {
                self.note("MissSchedule", object, format!("the run of {} is past startingDeadlineSeconds", self.when(time)));
                self.crons[at].last = time;
            }
            Turn::Waits(time) => self.note("JobAlreadyActive", object, format!("the run of {} waits for the active one", self.when(time))),
            Turn::Starts { at: time, replace } => {
                if replace {
                    active.into_iter().for_each(|it| self.replace_job(it));
                }
                self.crons[at].last = time;
                self.start_job(at, time);
            }
        }
        // One timer at a time: a Job's end looks here too.
        if self.cron_timers.get(&at).is_none_or(|it| *it <= self.now)
            && let Some(next) = self.crons[at].schedule.next(clock)
        {
            self.cron_timers.insert(at, next - self.wall);
            self.after(next - clock, Event::Cron(at));
        }
    }

    fn when(&self, time: i64) -> String {
        jiff::Timestamp::from_millisecond(time).map_or_else(|_| time.to_string(), |it| it.to_string())
    }

    fn replace_job(&mut self, job: usize) {
        if let Some(plan) = self.jobs.get_mut(&job) {
            plan.ended = Some(false);
        }
        let object = self.set_name(job);
        self.note("JobDeleted", object, "replaced by the next run");
        for pod in self.active(job) {
            self.stop(pod, "its Job was replaced by the next run");
        }
    }

    fn start_job(&mut self, at: usize, time: i64) {
        let plan = self.crons[at].clone();
        let set = self.sets.len();
        self.sets.push(PodSetController {
            namespace: plan.namespace.clone(),
            // The controller names a Job after the minute it was scheduled for.
            name: format!("{}-{}", plan.name, time.div_euclid(60_000)).into(),
            kind: "Job".into(),
            desired: plan.job.parallelism,
            labels: plan.labels,
            spec: plan.spec,
        });
        self.jobs.insert(set, JobPlan { cron: Some(at), started: self.now, ..plan.job });
        let object = self.set_name(set);
        self.note("JobCreated", object, format!("the run of {}", self.when(time)));
        if let Some(deadline) = self.jobs[&set].deadline {
            self.after(deadline, Event::Resync(set));
        }
        self.changed_set(set);
    }
}
