//! The disruption controller: how many pods of a budget may be disrupted now.
//!
//! Source: kubernetes pkg/controller/disruption/disruption.go.

use seatrial_model::Text;

use crate::budgets::Budget;

/// A pod that a budget protects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protected {
    /// Name.
    pub name: Text,
    /// Ready.
    pub ready: bool,
    /// Its deletion was asked for.
    pub terminating: bool,
}

/// A granted eviction counts against the budget for this long, should the pod not go (milliseconds).
pub const DISRUPTED_TIMEOUT: i64 = 2 * 60 * 1000;

/// The counts of a budget's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Pods expected.
    pub expected: i64,
    /// Healthy pods wanted.
    pub desired: i64,
    /// Healthy pods.
    pub healthy: i64,
    /// Pods that may be disrupted.
    pub allowed: i64,
}

/// Counts a budget. `scale`: the sizes of the pods' controllers together, `None` where one has none; then budgets that need it have no counts.
pub fn count(budget: &Budget, pods: &[Protected], scale: Option<i64>, now: i64) -> Option<Counts> {
    let matching = pods.len() as i64;
    let (expected, desired) = match (&budget.max_unavailable, &budget.min_available) {
        (Some(most), _) => {
            let expected = scale?;
            (expected, (expected - most.scaled(expected, true)?).max(0))
        }
        (None, Some(least)) if least.percent().is_some() => (scale?, least.scaled(scale?, true)?),
        (None, Some(least)) => (matching, least.int()?),
        (None, None) => (matching, 0),
    };
    let open = |it: &Protected| budget.status.disrupted.get(&it.name).is_some_and(|at| at + DISRUPTED_TIMEOUT > now);
    let healthy = pods.iter().filter(|it| it.ready && !it.terminating && !open(it)).count() as i64;
    let allowed = if expected <= 0 { 0 } else { (healthy - desired).max(0) };
    Some(Counts { expected, desired, healthy, allowed })
}
