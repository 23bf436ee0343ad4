//! Serving pods over time on an axis where every change has its place: minutes of waiting take no more room than seconds of turmoil.

use seatrial_report::drill::{Drill, Workload};

/// The moments at which any of the workloads changes, the beginning and the end included; seconds.
pub fn moments(drill: &Drill, workloads: &[&Workload]) -> Vec<f64> {
    let mut all: Vec<f64> = workloads.iter().flat_map(|it| it.ready.iter().map(|it| it.0)).collect();
    all.push(0.0);
    let last = all.iter().copied().fold(0.0, f64::max);
    let end = drill.timeline.iter().map(|it| it.t).fold(last, f64::max);
    all.push(end);
    all.sort_by(f64::total_cmp);
    // Changes within a second are one.
    let mut merged: Vec<f64> = Vec::new();
    for it in all {
        match merged.last_mut() {
            Some(before) if it - *before < 1.0 => *before = it,
            _ => merged.push(it),
        }
    }
    merged
}

/// Serving pods at a moment.
pub fn serving(it: &Workload, at: f64) -> u64 {
    it.ready.iter().rev().find(|it| it.0 <= at).map_or(it.before, |it| it.1)
}

/// Workloads worth a line of their own: those that lost pods, worst first.
pub fn interesting(drill: &Drill, most: usize) -> Vec<&Workload> {
    drill.workloads.iter().filter(|it| it.min_ready < it.before || it.after != it.before).take(most).collect()
}
