//! How many pods a Deployment's rolling update adds and takes away at a time.

use seatrial_model::{IntOrString, Object, Workload, WorkloadKind};

/// Counts of a rolling update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steps {
    /// Pods above the wanted number.
    pub(super) surge: i64,
    /// Pods below it.
    pub(super) unavailable: i64,
}

/// The counts for `replicas` pods; `None` where it is no Deployment with rolling updates.
///
/// Source: kubernetes pkg/controller/deployment/util ResolveFenceposts: a quarter each unless set, surge rounds up, the other down, never both 0.
pub(super) fn steps(workload: &Object<Workload>, replicas: i64) -> Option<Steps> {
    if workload.workload_kind != WorkloadKind::Deployment || workload.strategy() != "RollingUpdate" {
        return None;
    }
    let quarter = IntOrString::Str("25%".into());
    let rollout = &workload.rollout;
    let surge = rollout.max_surge.as_ref().unwrap_or(&quarter).scaled(replicas, true)?;
    let unavailable = rollout.max_unavailable.as_ref().unwrap_or(&quarter).scaled(replicas, false)?;
    Some(Steps { surge, unavailable: if surge == 0 && unavailable == 0 { 1 } else { unavailable } })
}
