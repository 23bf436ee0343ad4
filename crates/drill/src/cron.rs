//! CronJobs: when they start, and in which minute most of them start together.

use std::collections::BTreeSet;
use std::sync::Arc;

use seatrial_model::{Graph, Labels, PodSpec, Schedule, Text, WorkloadKind};

use crate::world::planned_spec;

/// A CronJob that is not suspended.
#[derive(Clone, Debug)]
pub struct Cron {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// `spec.schedule`.
    pub schedule: Text,
    /// The same, understood; `None` where it cannot be.
    pub times: Option<Schedule>,
    /// Labels of its pods.
    pub labels: Labels,
    /// What its pods ask for.
    pub spec: Arc<PodSpec>,
    /// Pods at a time.
    pub parallelism: i64,
    /// Its unit.
    pub unit: usize,
}

/// CronJobs that are not suspended; their units are set later.
pub fn crons(graph: &Graph<'_>) -> Vec<Cron> {
    let of = |it: &seatrial_model::Object<seatrial_model::Workload>| {
        let cron = it.cron.as_ref().filter(|it| !it.suspend.unwrap_or(false))?;
        let parallelism = it.job.as_ref().and_then(|it| it.parallelism).unwrap_or(1).clamp(0, 1000);
        Some(Cron {
            namespace: it.meta.ns().into(),
            name: it.meta.name.clone(),
            schedule: cron.schedule.clone(),
            times: Schedule::parse(&cron.schedule),
            labels: it.pod_labels().clone(),
            spec: planned_spec(graph, it),
            parallelism,
            unit: 0,
        })
    };
    graph.cluster().workloads.iter().filter(|it| it.workload_kind == WorkloadKind::CronJob).filter_map(of).collect()
}

/// The minute of a year in which most pods start together, in words, and the CronJobs, positions in `crons`. `today`: days since the epoch.
///
/// What counts from its creation on (`@every`) may fall into any minute, and does.
pub fn busiest(crons: &[Cron], today: i64) -> Option<(String, Vec<usize>)> {
    let mut best: Option<(i64, i64, i64, Vec<usize>)> = None;
    let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
    for day in today..today + 366 {
        let known = |it: &usize| crons[*it].times.as_ref().is_some_and(|it| it.is_periodic() || it.names(day));
        let mine: Vec<usize> = (0..crons.len()).filter(known).collect();
        // Most days are like one before.
        if !seen.insert(mine.clone()) {
            continue;
        }
        for minute in 0..24 * 60 {
            let starts = |it: &usize| crons[*it].times.as_ref().is_some_and(|it| it.is_periodic() || it.has_minute(minute));
            let together: Vec<usize> = mine.iter().copied().filter(starts).collect();
            let pods: i64 = together.iter().map(|it| crons[*it].parallelism).sum();
            if pods > best.as_ref().map_or(0, |it| it.0) {
                best = Some((pods, day, minute, together));
            }
        }
    }
    let (_, day, minute, together) = best?;
    let at = jiff::Timestamp::from_second(day * 86_400 + minute * 60).ok()?;
    Some((at.strftime("%H:%M on %A, %Y-%m-%d").to_string(), together))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cron(schedule: &str) -> Cron {
        let times = Schedule::parse(schedule);
        Cron {
            namespace: "".into(),
            name: "".into(),
            schedule: schedule.into(),
            times,
            labels: Labels::default(),
            spec: Arc::default(),
            parallelism: 1,
            unit: 0,
        }
    }

    #[test]
    fn the_busiest_minute_is_one_of_the_calendar() {
        // The 1st of January 2026 is day 20454.
        let of = |all: &[&str]| busiest(&all.iter().map(|it| cron(it)).collect::<Vec<_>>(), 20_454).expect("a minute");
        assert_eq!(of(&["0 2 * * *", "0 2 * * 0", "30 2 * * 0"]), ("02:00 on Sunday, 2026-01-04".to_owned(), vec![0, 1]));
        assert_eq!(of(&["0 0 1 7 *", "0 0 1 * *", "0 0 2 * *"]), ("00:00 on Wednesday, 2026-07-01".to_owned(), vec![0, 1]), "yearly is not monthly");
        assert_eq!(of(&["@every 10m", "5 3 * * *"]).1, [0, 1], "whoever counts from its creation may meet any other");
    }
}
