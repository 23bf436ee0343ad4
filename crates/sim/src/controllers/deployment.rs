//! Deployment: how far a rolling update may go in one step.
//!
//! Source: kubernetes pkg/controller/deployment/rolling.go, util/deployment_util.go.

use seatrial_model::IntOrString;

/// What a rolling update may add and may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fenceposts {
    /// Pods above the wanted number.
    pub surge: i64,
    /// Pods below the wanted number.
    pub unavailable: i64,
}

/// The numbers of `maxSurge` (rounded up) and `maxUnavailable` (rounded down); both 0 would stand still, so one may be unavailable then.
/// `None` where either is neither a number nor a percentage.
pub fn resolve_fenceposts(max_surge: Option<&IntOrString>, max_unavailable: Option<&IntOrString>, desired: i64) -> Option<Fenceposts> {
    let zero = IntOrString::Int(0);
    let surge = max_surge.unwrap_or(&zero).scaled(desired, true)?;
    let unavailable = max_unavailable.unwrap_or(&zero).scaled(desired, false)?;
    let stuck = surge == 0 && unavailable == 0;
    Some(Fenceposts { surge, unavailable: if stuck { 1 } else { unavailable } })
}

/// The next size of the new ReplicaSet: as much as the surge leaves, and never more than wanted. `all`: pods of all ReplicaSets.
pub fn new_replicas(desired: i64, surge: i64, new: i64, all: i64) -> i64 {
    if new > desired {
        return desired;
    }
    let room = (desired + surge - all).max(0);
    new + room.min(desired - new)
}

/// A ReplicaSet: its size and how many of its pods are available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replicas {
    /// `spec.replicas`.
    pub replicas: i64,
    /// Available pods.
    pub available: i64,
}

/// How many old pods may go in this step, given the new ReplicaSet. `old`: sizes of the old ones together.
pub fn max_scaled_down(desired: i64, unavailable: i64, old: i64, new: Replicas) -> i64 {
    let min_available = desired - unavailable;
    let new_unavailable = new.replicas - new.available;
    old + new.replicas - min_available - new_unavailable
}

/// Takes away unhealthy old pods, oldest ReplicaSet first; returns how many went.
pub fn cleanup_unhealthy(old: &mut [Replicas], max: i64) -> i64 {
    let mut gone = 0;
    for it in old.iter_mut().filter(|it| it.replicas > 0) {
        if gone >= max {
            break;
        }
        let step = (max - gone).min(it.replicas - it.available).max(0);
        it.replicas -= step;
        gone += step;
    }
    gone
}

/// Takes away old pods while more are available than must be, oldest ReplicaSet first; returns how many went.
/// `available`: available pods of all ReplicaSets.
pub fn scale_down_old(old: &mut [Replicas], desired: i64, unavailable: i64, available: i64) -> i64 {
    let spare = available - (desired - unavailable);
    let mut gone = 0;
    for it in old.iter_mut().filter(|it| it.replicas > 0) {
        if gone >= spare {
            break;
        }
        let step = (spare - gone).min(it.replicas);
        it.replicas -= step;
        gone += step;
    }
    gone
}

/// By how much a ReplicaSet grows or shrinks when its Deployment is scaled. `max_before`: replicas and surge before the change;
/// where that is not known, the pods that the Deployment's status counts.
pub fn replica_set_fraction(desired: i64, surge: i64, replicas: i64, max_before: Option<i64>, status_replicas: i64) -> i64 {
    if desired == 0 {
        return -replicas;
    }
    let before = max_before.filter(|it| *it != 0).unwrap_or(status_replicas);
    if before == 0 {
        return 0;
    }
    let size = (replicas * (desired + surge)) as f64 / before as f64;
    size.round() as i64 - replicas
}
