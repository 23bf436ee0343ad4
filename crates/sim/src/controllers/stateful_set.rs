//! StatefulSet: how many pods an update may take down at once.
//!
//! Source: kubernetes pkg/controller/statefulset/stateful_set_utils.go getStatefulSetMaxUnavailable.

use seatrial_model::IntOrString;

/// `maxUnavailable` of `replicas`, rounded down and at least 1; `None` where it is neither a number nor a percentage.
pub fn max_unavailable(value: Option<&IntOrString>, replicas: i64) -> Option<i64> {
    value.unwrap_or(&IntOrString::Int(1)).scaled(replicas, false).map(|it| it.max(1))
}
