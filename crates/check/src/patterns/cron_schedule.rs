//! Cron schedules: when they run, and whether they ever do.

/// A schedule, field by field: which minutes, hours, days, months and weekdays.
pub(crate) struct Schedule {
    minutes: Vec<u32>,
    hours: Vec<u32>,
    days: Vec<u32>,
    months: Vec<u32>,
    any_day: bool,
    any_weekday: bool,
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// Longest length of each month: the 29th of February comes.
const LONGEST: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl Schedule {
    /// Reads the five fields or a name such as `@daily`; `None` where it is neither (`@every 5m` among them).
    ///
    /// Source: robfig/cron v3, the parser of the CronJob controller.
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
        let [minute, hour, day, month, weekday] = fields[..] else { return None };
        values(weekday, 0, 7, WEEKDAYS, 0)?;
        Some(Self {
            minutes: values(minute, 0, 59, &[], 0)?,
            hours: values(hour, 0, 23, &[], 0)?,
            days: values(day, 1, 31, &[], 0)?,
            months: values(month, 1, 12, MONTHS, 1)?,
            any_day: day.starts_with(['*', '?']),
            any_weekday: weekday.starts_with(['*', '?']),
        })
    }

    /// Whether any date fits at all (the 30th of February never comes).
    pub fn ever_runs(&self) -> bool {
        // With both day fields given either of them is enough.
        if self.any_day || !self.any_weekday {
            return true;
        }
        self.months.iter().any(|month| self.days.iter().any(|day| *day <= LONGEST[(month - 1) as usize % 12]))
    }

    /// Seconds between two runs on the busiest day; `None` where it runs at most once a day.
    pub fn shortest_gap(&self) -> Option<i64> {
        let mut times: Vec<i64> = self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| i64::from(hour * 60 + minute))).collect();
        times.sort_unstable();
        times.windows(2).map(|it| (it[1] - it[0]) * 60).min()
    }
}

/// The values of one field: a list of `*`, numbers, names, ranges, each with an optional step.
fn values(field: &str, least: u32, most: u32, names: &[&str], first: u32) -> Option<Vec<u32>> {
    let number = |it: &str| match it.parse::<u32>() {
        Ok(it) => Some(it),
        Err(_) => names.iter().position(|name| name.eq_ignore_ascii_case(it)).and_then(|at| u32::try_from(at).ok()).map(|at| at + first),
    };
    let mut found = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|it| *it > 0)?)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (number(from)?, number(to)?),
            None if range == "*" || range == "?" => (least, most),
            None => (number(range)?, if step.is_some() { most } else { number(range)? }),
        };
        if from < least || to > most || from > to {
            return None;
        }
        found.extend((from..=to).step_by(step.unwrap_or(1)));
    }
    found.sort_unstable();
    found.dedup();
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_of_the_busiest_day() {
        let gap = |it: &str| Schedule::parse(it).and_then(|it| it.shortest_gap());
        assert_eq!(gap("*/5 * * * *"), Some(300));
        assert_eq!(gap("0,50 2 * * *"), Some(3000));
        assert_eq!(gap("@hourly"), Some(3600));
        assert_eq!(gap("0 2 * * *"), None);
    }

    #[test]
    fn dates_that_never_come_are_told() {
        let runs = |it: &str| Schedule::parse(it).is_none_or(|it| it.ever_runs());
        assert!(!runs("0 0 30 2 *") && !runs("0 0 31 FEB,APR *"));
        assert!(runs("0 0 29 2 *") && runs("0 0 31 * *") && runs("0 0 30 2 MON") && runs("@every 5m"));
    }
}
