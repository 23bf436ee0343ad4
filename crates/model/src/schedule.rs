//! Cron schedules as the CronJob controller reads them: which minutes they name, which of them is next or last, and whether they ever come.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// A schedule, field by field, as bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// The day of the month, or that of the week, is not restricted: then both must hold, otherwise one is enough.
    any_day: bool,
    /// `@every`: milliseconds.
    every: Option<i64>,
    /// What the schedule's clock is ahead of UTC, in milliseconds.
    offset: i64,
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// The 29th of February may be eight years away.
const FARTHEST_DAYS: i64 = 8 * 366;

impl Schedule {
    /// Reads five fields, `@hourly` and the like, or `@every 5m`; `None` where it is neither.
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
        if let Some(every) = text.strip_prefix("@every ") {
            let every = Some(duration(every.trim())?);
            return Some(Self { minutes: 0, hours: 0, days: 0, months: 0, weekdays: 0, any_day: true, every, offset: 0 });
        }
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else { return None };
        let weekdays = bits(weekday, 0, 7, WEEKDAYS, 0)?;
        Some(Self {
            minutes: bits(minute, 0, 59, &[], 0)?,
            hours: bits(hour, 0, 23, &[], 0)?,
            days: bits(day, 1, 31, &[], 0)?,
            months: bits(month, 1, 12, MONTHS, 1)?,
            // Sunday is 0 and 7.
            weekdays: weekdays | (weekdays >> 7 & 1),
            any_day: day.starts_with(['*', '?']) || weekday.starts_with(['*', '?']),
            every: None,
            offset: 0,
        })
    }

    /// The same schedule on a clock that is ahead of UTC by so many minutes.
    #[must_use]
    pub fn ahead_of_utc(self, minutes: i64) -> Self {
        Self { offset: minutes * MINUTE, ..self }
    }

    /// The first time after `after`; both in milliseconds since the epoch. `None` where the schedule names no day that exists.
    pub fn next(&self, after: i64) -> Option<i64> {
        if let Some(every) = self.every {
            return Some((after.div_euclid(1000) * 1000).saturating_add(every));
        }
        let local = after.checked_add(self.offset)?;
        let (today, minute) = (local.div_euclid(DAY), local.rem_euclid(DAY) / MINUTE);
        for day in today..=today + FARTHEST_DAYS {
            if !self.names(day) {
                continue;
            }
            let from = if day == today { minute + 1 } else { 0 };
            if let Some(at) = (from..24 * 60).find(|it| self.has_minute(*it)) {
                return Some(day * DAY + at * MINUTE - self.offset);
            }
        }
        None
    }

    /// The last time at or before `at`, not before `earliest` (exclusive).
    pub fn last(&self, earliest: i64, at: i64) -> Option<i64> {
        if let Some(every) = self.every {
            let rounds = (at - earliest).div_euclid(every.max(1));
            return (rounds > 0).then(|| earliest + rounds * every);
        }
        let local = at.checked_add(self.offset)?;
        let (today, minute) = (local.div_euclid(DAY), local.rem_euclid(DAY) / MINUTE);
        let first = earliest.checked_add(self.offset)?.div_euclid(DAY);
        for day in (first.max(today - FARTHEST_DAYS)..=today).rev() {
            if !self.names(day) {
                continue;
            }
            let until = if day == today { minute } else { 24 * 60 - 1 };
            if let Some(found) = (0..=until).rev().find(|it| self.has_minute(*it)) {
                let found = day * DAY + found * MINUTE - self.offset;
                return (found > earliest).then_some(found);
            }
        }
        None
    }

    /// Whether it comes at all: the 30th of February does not.
    pub fn ever_runs(&self) -> bool {
        self.next(0).is_some()
    }

    /// Seconds between two runs on the busiest day; `None` where it runs at most once a day.
    pub fn shortest_gap(&self) -> Option<i64> {
        if let Some(every) = self.every {
            return (every < DAY).then_some(every / 1000);
        }
        let times: Vec<i64> = (0..24 * 60).filter(|it| self.has_minute(*it)).collect();
        times.windows(2).map(|it| (it[1] - it[0]) * 60).min()
    }

    /// Whether it counts from the object's creation on (`@every`), and names no minute.
    pub fn is_periodic(&self) -> bool {
        self.every.is_some()
    }

    /// Whether it comes in this minute of the days that it names, on its own clock.
    pub fn has_minute(&self, minute: i64) -> bool {
        self.hours >> (minute / 60) & 1 == 1 && self.minutes >> (minute % 60) & 1 == 1
    }

    /// Whether it names this day of its own clock, counted since the epoch.
    pub fn names(&self, day: i64) -> bool {
        let Some(it) = civil(day) else { return false };
        let in_month = self.days >> it.day() & 1 == 1;
        let in_week = self.weekdays >> it.weekday().to_sunday_zero_offset() & 1 == 1;
        let day = if self.any_day { in_month && in_week } else { in_month || in_week };
        self.months >> it.month() & 1 == 1 && day
    }
}

fn civil(day: i64) -> Option<Date> {
    date(1970, 1, 1).checked_add(i32::try_from(day).ok()?.days()).ok()
}

/// A Go duration in milliseconds, at least a second.
fn duration(text: &str) -> Option<i64> {
    let (mut total, mut digits) = (0i64, String::new());
    let mut chars = text.chars().peekable();
    while let Some(it) = chars.next() {
        match it {
            '0'..='9' => digits.push(it),
            _ => {
                let count: i64 = std::mem::take(&mut digits).parse().ok()?;
                let unit = match it {
                    'h' => 60 * MINUTE,
                    'm' if chars.peek() == Some(&'s') => chars.next().map(|_| 1)?,
                    'm' => MINUTE,
                    's' => 1000,
                    _ => return None,
                };
                total = total.checked_add(count.checked_mul(unit)?)?;
            }
        }
    }
    (digits.is_empty() && !text.is_empty()).then(|| (total / 1000 * 1000).max(1000))
}

/// One field: lists of values, ranges and steps.
fn bits(field: &str, low: u32, high: u32, names: &[&str], first: u32) -> Option<u64> {
    let value = |text: &str| -> Option<u32> {
        let named = names.iter().position(|it| text.eq_ignore_ascii_case(it)).map(|it| it as u32 + first);
        named.or_else(|| text.parse().ok()).filter(|it| (low..=high).contains(it))
    };
    let mut all = 0u64;
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u32>().ok().filter(|it| *it > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if matches!(range, "*" | "?") => (low, high),
            Some((from, to)) => (value(from)?, value(to)?),
            // A single value with a step goes on to the end.
            None if part.contains('/') => (value(range)?, high),
            None => (value(range)?, value(range)?),
        };
        if from > to {
            return None;
        }
        (from..=to).step_by(step as usize).for_each(|it| all |= 1 << it);
    }
    Some(all)
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
        assert_eq!(gap("@every 5m"), Some(300));
        assert_eq!((gap("0 2 * * *"), gap("@every 48h")), (None, None));
    }

    #[test]
    fn dates_that_never_come_are_told() {
        let runs = |it: &str| Schedule::parse(it).is_none_or(|it| it.ever_runs());
        assert!(!runs("0 0 30 2 *") && !runs("0 0 31 FEB,APR *"));
        assert!(runs("0 0 29 2 *") && runs("0 0 31 * *") && runs("0 0 30 2 MON") && runs("@every 5m"));
    }
}
