//! Who scales a workload, and by what.

use seatrial_model::cluster::in_namespace;
use seatrial_model::graph::{Replicas, ScaledBy};
use seatrial_model::kinds::scaling::{HorizontalPodAutoscaler, MetricSpec, ScaledObject, VerticalPodAutoscaler};
use seatrial_model::{Handle, Object, Path, Text, Workload};

use crate::Cx;

/// A metric that is a share of the request.
pub(super) struct Utilization<'a> {
    /// The autoscaler.
    pub(super) by: Handle<'a>,
    /// The metric in it.
    pub(super) path: Path,
    /// `cpu` or `memory`.
    pub(super) resource: &'a str,
    /// The container, where only one is measured.
    pub(super) container: Option<&'a Text>,
}

/// The autoscaler behind a replica count, with the paths of its bounds.
pub(super) fn autoscaler<'a>(it: &Replicas<'a>) -> Option<(Handle<'a>, &'static str, &'static str)> {
    match it.by {
        ScaledBy::Itself => None,
        ScaledBy::Hpa(it) => Some((it.handle(), "spec.minReplicas", "spec.maxReplicas")),
        ScaledBy::Keda(it) => Some((it.handle(), "spec.minReplicaCount", "spec.maxReplicaCount")),
    }
}

/// HorizontalPodAutoscalers that somebody wrote; KEDA writes one for each ScaledObject.
pub(super) fn hpas_of<'a>(cx: &Cx<'a>, workload: &Object<Workload>) -> Vec<&'a Object<HorizontalPodAutoscaler>> {
    cx.graph.hpas_of(workload).into_iter().filter(|it| !is_made_by_keda(it)).collect()
}

/// ScaledObjects of the workload (not ScaledJobs, which have no target).
pub(super) fn scaled_objects_of<'a>(cx: &Cx<'a>, workload: &Object<Workload>) -> Vec<&'a Object<ScaledObject>> {
    cx.graph.scaled_objects_of(workload).into_iter().filter(|it| it.kind == "ScaledObject").collect()
}

/// Whether KEDA manages the autoscaler.
pub(super) fn is_made_by_keda(it: &Object<HorizontalPodAutoscaler>) -> bool {
    it.meta.controller().is_some_and(|it| it.kind == "ScaledObject")
}

/// Vertical autoscalers that set the requests of the workload's pods.
pub(super) fn vpas_of<'a>(cx: &Cx<'a>, workload: &'a Object<Workload>) -> impl Iterator<Item = &'a Object<VerticalPodAutoscaler>> {
    in_namespace(&cx.cluster.vertical_pod_autoscalers, workload.meta.ns()).iter().filter(move |it| {
        let target = &it.spec.target_ref;
        let mode = it.spec.update_policy.as_ref().and_then(|it| it.update_mode.as_deref());
        target.name == workload.meta.name && target.kind.as_deref() == Some(workload.kind.as_str()) && mode != Some("Off")
    })
}

/// Metrics of the workload's autoscalers that are a share of the request.
pub(super) fn utilizations<'a>(cx: &Cx<'a>, workload: &Object<Workload>) -> Vec<Utilization<'a>> {
    let of_hpas = hpas_of(cx, workload).into_iter().flat_map(of_hpa);
    let of_keda = scaled_objects_of(cx, workload).into_iter().flat_map(of_scaled_object);
    of_hpas.chain(of_keda).collect()
}

fn of_hpa(it: &Object<HorizontalPodAutoscaler>) -> Vec<Utilization<'_>> {
    let mut all: Vec<_> = it.spec.metrics.iter().enumerate().filter_map(|(at, metric)| of_metric(it, at, metric)).collect();
    if it.spec.target_cpu_utilization_percentage.is_some() {
        all.push(Utilization { by: it.handle(), path: Path::of("spec.targetCPUUtilizationPercentage"), resource: "cpu", container: None });
    }
    all
}

fn of_metric<'a>(hpa: &'a Object<HorizontalPodAutoscaler>, at: usize, it: &'a MetricSpec) -> Option<Utilization<'a>> {
    let (metric, field) = it.resource.as_ref().map(|it| (it, "resource")).or(it.container_resource.as_ref().map(|it| (it, "containerResource")))?;
    metric.target.average_utilization?;
    Some(Utilization {
        by: hpa.handle(),
        path: Path::of("spec.metrics").index(at).key(field),
        resource: metric.name.as_str(),
        container: metric.container.as_ref(),
    })
}

fn of_scaled_object(it: &Object<ScaledObject>) -> Vec<Utilization<'_>> {
    let triggers = it.spec.triggers.iter().enumerate();
    let shares = triggers.filter(|(_, trigger)| {
        let kind = trigger.metric_type.as_deref().or(trigger.metadata.get("type").map(Text::as_str));
        matches!(trigger.kind.as_str(), "cpu" | "memory") && kind.is_none_or(|it| it == "Utilization")
    });
    shares
        .map(|(at, trigger)| Utilization {
            by: it.handle(),
            path: Path::of("spec.triggers").index(at),
            resource: trigger.kind.as_str(),
            container: trigger.metadata.get("containerName"),
        })
        .collect()
}
