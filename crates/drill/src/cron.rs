//! CronJobs: when they start, and in which minute most of them start together.

use std::sync::Arc;

use seatrial_model::{Graph, Labels, PodSpec, Text, WorkloadKind};

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
    pub times: Option<Times>,
    /// Labels of its pods.
    pub labels: Labels,
    /// What its pods ask for.
    pub spec: Arc<PodSpec>,
    /// Pods at a time.
    pub parallelism: i64,
    /// Its unit.
    pub unit: usize,
}

/// The five fields of a schedule as sets of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Day of the month and day of the week are alternatives where both are restricted.
    either: bool,
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
            times: Times::parse(&cron.schedule),
            labels: it.pod_labels().clone(),
            spec: planned_spec(graph, it),
            parallelism,
            unit: 0,
        })
    };
    graph.cluster().workloads.iter().filter(|it| it.workload_kind == WorkloadKind::CronJob).filter_map(of).collect()
}

impl Times {
    /// Understands `*/5 2 * * 1-5` and the like, and the short forms (`@daily`).
    ///
    /// Source: robfig/cron v3, which Kubernetes uses (standard parser).
    pub fn parse(text: &str) -> Option<Self> {
        let text = match text.trim() {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            other => other,
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else { return None };
        let open = |it: &str| it.starts_with('*') || it.starts_with('?');
        let sunday = field(weekdays, 0, 7, &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])?;
        Some(Self {
            minutes: field(minutes, 0, 59, &[])?,
            hours: field(hours, 0, 23, &[])?,
            days: field(days, 1, 31, &[])?,
            months: field(months, 1, 12, &["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"])?,
            weekdays: (sunday | sunday >> 7) & 0x7f,
            either: !open(days) && !open(weekdays),
        })
    }

    /// Whether it starts at this minute of this day: `day` of the month, `weekday` from Sunday = 0.
    fn starts(&self, minute: u32, hour: u32, day: u32, weekday: u32) -> bool {
        let has = |set: u64, at: u32| set >> at & 1 == 1;
        let (of_month, of_week) = (has(self.days, day), has(self.weekdays, weekday));
        let on_day = if self.either { of_month || of_week } else { of_month && of_week };
        has(self.minutes, minute) && has(self.hours, hour) && on_day
    }
}

fn field(text: &str, low: u32, high: u32, names: &[&str]) -> Option<u64> {
    let number = |it: &str| {
        let named = names.iter().position(|name| !name.is_empty() && name.eq_ignore_ascii_case(it)).and_then(|at| u32::try_from(at).ok());
        named.or_else(|| it.parse::<u32>().ok()).filter(|it| (low..=high).contains(it))
    };
    let mut set = 0u64;
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u32>().ok().filter(|it| *it > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (number(from)?, number(to)?),
            None if range == "*" || range == "?" => (low, high),
            // `5/15` goes on to the end.
            None if part.contains('/') => (number(range)?, high),
            None => (number(range)?, number(range)?),
        };
        if from > to {
            return None;
        }
        (from..=to).step_by(usize::try_from(step).ok()?).for_each(|it| set |= 1 << it);
    }
    Some(set)
}

/// The minute of a month of four weeks in which most pods start together: `Sunday 02:00`, and the CronJobs, positions in `crons`.
pub fn busiest(crons: &[Cron]) -> Option<(String, Vec<usize>)> {
    const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    let mut best: Option<(i64, String, Vec<usize>)> = None;
    for day in 1..=28u32 {
        let weekday = (day - 1) % 7;
        for at in 0..24 * 60u32 {
            let (hour, minute) = (at / 60, at % 60);
            let starts = |it: &usize| crons[*it].times.is_some_and(|it| it.starts(minute, hour, day, weekday));
            let mine: Vec<usize> = (0..crons.len()).filter(starts).collect();
            let pods: i64 = mine.iter().map(|it| crons[*it].parallelism).sum();
            if pods > best.as_ref().map_or(0, |it| it.0) {
                best = Some((pods, format!("{hour:02}:{minute:02} on a {}, day {day} of the month", DAYS[weekday as usize]), mine));
            }
        }
    }
    best.map(|it| (it.1, it.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_understood_as_kubernetes_does() {
        let it = Times::parse("*/15 2-4 * * MON-FRI").expect("valid");
        assert!(it.starts(45, 3, 9, 1) && !it.starts(45, 3, 9, 0) && !it.starts(50, 3, 9, 1));
        let either = Times::parse("0 0 1 * 0").expect("valid");
        assert!(either.starts(0, 0, 1, 3) && either.starts(0, 0, 8, 0) && !either.starts(0, 0, 8, 3), "day of month or of week");
        assert_eq!(Times::parse("@daily"), Times::parse("0 0 * * *"));
        assert!(Times::parse("0 0 * * 7").expect("valid").starts(0, 0, 8, 0), "7 is Sunday, too");
        assert_eq!((Times::parse("61 * * * *"), Times::parse("* *"), Times::parse("5-1 * * * *")), (None, None, None));
    }
}
