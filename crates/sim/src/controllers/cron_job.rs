//! CronJobs: which run is due, and what the concurrency policy makes of it.
//!
//! Source: kubernetes pkg/controller/cronjob/cronjob_controllerv2.go, utils.go.

use seatrial_model::Schedule;

/// What happens to a run while another is active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Concurrency {
    /// Both run.
    #[default]
    Allow,
    /// It is skipped, and made up for when the other ends, if that is in time.
    Forbid,
    /// The other is deleted.
    Replace,
}

/// What the controller does when it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing is due.
    Nothing,
    /// The run of this time is too late by its deadline.
    TooLate(i64),
    /// The run of this time waits for the active one.
    Waits(i64),
    /// The run of this time starts; `replace`: after the active ones are deleted.
    Starts {
        /// Scheduled for, in milliseconds since the epoch.
        at: i64,
        /// Active jobs go first.
        replace: bool,
    },
}

/// What is due. Times are in milliseconds since the epoch; `last` is the last scheduled time, or the creation of the CronJob; `deadline` in milliseconds.
/// Of several missed runs only the latest starts.
pub fn turn(schedule: &Schedule, last: i64, now: i64, deadline: Option<i64>, concurrency: Concurrency, active: usize) -> Turn {
    // Earlier runs than the deadline are not looked for.
    let earliest = deadline.map_or(last, |it| last.max(now - it));
    let Some(at) = schedule.last(earliest, now) else {
        // A run that the deadline has cut off is worth a word.
        return schedule.last(last, now).filter(|_| deadline.is_some()).map_or(Turn::Nothing, Turn::TooLate);
    };
    if deadline.is_some_and(|it| at + it < now) {
        return Turn::TooLate(at);
    }
    match concurrency {
        Concurrency::Forbid if active > 0 => Turn::Waits(at),
        other => Turn::Starts { at, replace: other == Concurrency::Replace && active > 0 },
    }
}

/// How many runs between `last` (exclusive) and `now` were missed, counted up to `most`: above 100 the controller warns.
pub fn missed(schedule: &Schedule, last: i64, now: i64, most: usize) -> usize {
    let (mut count, mut at) = (0, last);
    while count < most {
        match schedule.next(at).filter(|it| *it <= now) {
            Some(next) => (count, at) = (count + 1, next),
            None => break,
        }
    }
    count
}
