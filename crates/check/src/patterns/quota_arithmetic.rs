//! What workloads ask of a namespace's quota.

use seatrial_model::graph::Wants;
use seatrial_model::kinds::scaling::ResourceQuota;
use seatrial_model::{Container, IntOrString, Object, Quantity, Workload, WorkloadKind};

use crate::Cx;

/// The resource of a quota's key, and whether requests or limits are counted; `None` for keys that count objects.
pub(crate) fn counted(key: &str) -> Option<(&str, Wants)> {
    match key {
        "cpu" | "memory" => Some((key, Wants::Request)),
        "requests.cpu" | "requests.memory" => Some((&key["requests.".len()..], Wants::Request)),
        "limits.cpu" | "limits.memory" => Some((&key["limits.".len()..], Wants::Limit)),
        _ => None,
    }
}

/// Quotas of the namespace that hold for all of its pods.
pub(crate) fn unscoped<'a>(cx: &Cx<'a>, ns: &str) -> impl Iterator<Item = &'a Object<ResourceQuota>> {
    seatrial_model::cluster::in_namespace(&cx.cluster.resource_quotas, ns).iter().filter(|it| it.spec.scopes.is_empty() && it.spec.scope_selector.is_none())
}

/// What one pod counts for under the key.
pub(crate) fn of_pod(cx: &Cx<'_>, workload: &Object<Workload>, key: &str) -> Quantity {
    let Some((resource, wants)) = counted(key) else { return Quantity::units(i64::from(key == "pods" || key == "count/pods")) };
    let pod_level = workload.pod().resources.as_ref().and_then(|it| match wants {
        Wants::Request => it.request(resource),
        Wants::Limit => it.limits.get(resource).copied(),
    });
    let of = |it: &Container| effective(cx, workload.meta.ns(), it, resource, wants).unwrap_or_default();
    let together: Quantity = workload.pod().running_containers().map(of).sum();
    let before = workload.pod().init_containers.iter().filter(|it| !it.is_sidecar()).map(of).max().unwrap_or_default();
    pod_level.unwrap_or(together.max(before)) + workload.pod().overhead.get(resource).copied().unwrap_or_default()
}

/// A container's request or limit after LimitRange defaults.
pub(crate) fn effective(cx: &Cx<'_>, ns: &str, container: &Container, resource: &str, wants: Wants) -> Option<Quantity> {
    match wants {
        Wants::Request => cx.graph.effective_request(ns, container, resource),
        Wants::Limit => cx.graph.effective_limit(ns, container, resource),
    }
}

/// How many pods the workload has at most, without those of a rollout.
pub(crate) fn most_pods(cx: &Cx<'_>, workload: &Object<Workload>) -> i64 {
    match workload.workload_kind {
        WorkloadKind::DaemonSet => i64::try_from(cx.cluster.nodes.len()).unwrap_or(1).max(1),
        _ => cx.graph.replicas_of(workload).max,
    }
}

/// How many more pods a rollout adds.
pub(crate) fn surge_pods(cx: &Cx<'_>, workload: &Object<Workload>) -> i64 {
    if workload.workload_kind != WorkloadKind::Deployment || workload.strategy() == "Recreate" {
        return 0;
    }
    let surge = workload.rollout.max_surge.clone().unwrap_or_else(|| IntOrString::Str("25%".into()));
    surge.scaled(most_pods(cx, workload), true).unwrap_or(1)
}
