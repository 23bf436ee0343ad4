//! Taint eviction: how long a pod stays on a node that got a NoExecute taint.
//!
//! Source: kubernetes pkg/controller/tainteviction/taint_eviction.go.

use seatrial_model::pod::{Taint, Toleration};

/// When a pod is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// It tolerates the taints without a limit.
    ForEver,
    /// Seconds after the taint.
    Seconds(i64),
}

/// The shortest time among the tolerations in use: none in use is at once, a negative one counts as 0.
pub fn min_toleration_time(used: &[Toleration]) -> Stay {
    if used.is_empty() {
        return Stay::Seconds(0);
    }
    let shortest = used.iter().filter_map(|it| it.toleration_seconds).min();
    shortest.map_or(Stay::ForEver, |it| Stay::Seconds(it.max(0)))
}

/// How long a pod with these tolerations stays beside these taints.
pub fn stay(taints: &[Taint], tolerations: &[Toleration]) -> Stay {
    let evicting: Vec<&Taint> = taints.iter().filter(|it| &*it.effect == "NoExecute").collect();
    if evicting.is_empty() {
        return Stay::ForEver;
    }
    let used: Option<Vec<Toleration>> = evicting.iter().map(|taint| tolerations.iter().find(|it| it.tolerates(taint)).cloned()).collect();
    used.map_or(Stay::Seconds(0), |it| min_toleration_time(&it))
}
