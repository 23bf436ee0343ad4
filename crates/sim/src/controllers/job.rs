//! Jobs: how many pods there are to be, and how long to wait after a failure.
//!
//! Source: kubernetes pkg/controller/job/job_controller.go.

/// Pods that are to run at once. `completions`: `None` where any one success completes the Job, and then no pod is replaced after the first.
pub fn wanted(parallelism: i64, completions: Option<i64>, succeeded: i64, active: i64) -> i64 {
    match completions {
        None if succeeded > 0 => active.min(parallelism),
        None => parallelism,
        Some(all) => parallelism.min(all - succeeded).max(0),
    }
}

/// The wait before the next pod after `failures` in a row: `first` (milliseconds) doubling up to `most`.
pub fn backoff(failures: i64, first: i64, most: i64) -> i64 {
    match failures {
        ..=0 => 0,
        _ => first.saturating_mul(1 << (failures - 1).min(30)).min(most),
    }
}

/// Whether the Job is complete.
pub fn is_complete(completions: Option<i64>, succeeded: i64, active: i64) -> bool {
    completions.map_or(succeeded > 0 && active == 0, |it| succeeded >= it)
}
