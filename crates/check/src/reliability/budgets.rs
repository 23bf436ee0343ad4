//! Arithmetic of disruption budgets.

use seatrial_model::kinds::scaling::PodDisruptionBudget;
use seatrial_model::{Object, Workload, WorkloadKind};

use crate::Cx;

/// Budgets that the user wrote: none of a controller, none of the platform.
pub(super) fn of_user<'a>(cx: &'a Cx<'a>) -> impl Iterator<Item = &'a Object<PodDisruptionBudget>> {
    cx.cluster.pod_disruption_budgets.iter().filter(|it| it.meta.controller().is_none() && !cx.is_platform(it.meta.ns()))
}

/// Workloads whose pods it guards from eviction; a drain leaves those of DaemonSets where they are.
pub(super) fn guarded<'a>(cx: &Cx<'a>, it: &Object<PodDisruptionBudget>) -> Vec<&'a Object<Workload>> {
    let mut all = cx.graph.selected_by_budget(it);
    all.retain(|it| it.workload_kind != WorkloadKind::DaemonSet);
    // The same object twice among the inputs (two overlays) is one object in the cluster.
    all.dedup_by(|a, b| a.kind == b.kind && a.meta.name == b.meta.name);
    all
}

/// Fewest and most pods of the workloads. One that scales to nothing counts as one pod while it runs; one that is switched off as none.
pub(super) fn pods(cx: &Cx<'_>, workloads: &[&Object<Workload>]) -> (i64, i64) {
    workloads.iter().fold((0, 0), |(min, max), it| {
        let replicas = cx.graph.replicas_of(it);
        (i64::saturating_add(min, replicas.min.max(replicas.max.min(1))), i64::saturating_add(max, replicas.max))
    })
}

/// How many of `pods` healthy pods may be evicted.
///
/// Source: kubernetes pkg/controller/disruption getExpectedPodCount: both percentages round up; without either field all may go.
pub(super) fn allowed(it: &PodDisruptionBudget, pods: i64) -> Option<i64> {
    match (&it.spec.max_unavailable, &it.spec.min_available) {
        (Some(max), _) => max.scaled(pods, true),
        (None, Some(min)) => Some(pods.saturating_sub(min.scaled(pods, true)?).max(0)),
        (None, None) => Some(pods),
    }
}

/// Whether it allows no eviction, however many pods there are.
pub(super) fn is_always_closed(it: &PodDisruptionBudget) -> bool {
    let none = it.spec.max_unavailable.as_ref().is_some_and(|it| it.scaled(100, true) == Some(0));
    none || it.spec.min_available.as_ref().and_then(|it| it.percent()).is_some_and(|it| it >= 100)
}

/// The field that decides.
pub(super) fn field(it: &PodDisruptionBudget) -> &'static str {
    if it.spec.max_unavailable.is_some() { "spec.maxUnavailable" } else { "spec.minAvailable" }
}

/// The setting as it is said: `minAvailable 100%`.
pub(super) fn setting(it: &PodDisruptionBudget) -> String {
    match (&it.spec.max_unavailable, &it.spec.min_available) {
        (Some(max), _) => format!("maxUnavailable {max}"),
        (None, Some(min)) => format!("minAvailable {min}"),
        (None, None) => "no bound at all".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use seatrial_model::IntOrString;
    use seatrial_model::kinds::scaling::PdbSpec;

    use super::*;

    fn budget(min_available: Option<IntOrString>, max_unavailable: Option<IntOrString>) -> PodDisruptionBudget {
        PodDisruptionBudget { spec: PdbSpec { min_available, max_unavailable, ..PdbSpec::default() }, ..PodDisruptionBudget::default() }
    }

    #[test]
    fn both_percentages_round_up() {
        let two_thirds = budget(Some(IntOrString::Str("67%".into())), None);
        assert_eq!(allowed(&two_thirds, 3), Some(0), "67 % of 3 pods are all 3");
        assert_eq!(allowed(&two_thirds, 6), Some(1));
        assert_eq!(allowed(&budget(None, Some(IntOrString::Str("1%".into()))), 3), Some(1));
    }

    #[test]
    fn only_what_no_number_of_pods_opens_is_always_closed() {
        assert!(is_always_closed(&budget(None, Some(IntOrString::Int(0)))));
        assert!(is_always_closed(&budget(Some(IntOrString::Str("100%".into())), None)));
        assert!(!is_always_closed(&budget(Some(IntOrString::Int(3)), None)));
        assert_eq!(allowed(&budget(None, None), 3), Some(3), "without a bound all may go");
    }
}
