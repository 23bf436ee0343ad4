//! What a container asks for and may use, wherever that is decided.

use seatrial_model::graph::Wants;
use seatrial_model::{Quantity, Resources};

use super::scaling_of::{utilizations, vpas_of};
use crate::{ContainerAt, Cx};

/// Whether the container has a request: written, defaulted from a limit, of its pod, of a LimitRange, or set by a vertical autoscaler.
pub(super) fn has_request(cx: &Cx<'_>, it: &ContainerAt<'_>, name: &str) -> bool {
    let written = it.container.resources.request(name).or_else(|| of_pod(it, |pod| pod.request(name)));
    counts(written) || counts(default(cx, it, name, Wants::Request)) || vpas_of(cx, it.workload).next().is_some()
}

/// Whether the container has a limit: written, of its pod, or of a LimitRange.
pub(super) fn has_limit(cx: &Cx<'_>, it: &ContainerAt<'_>, name: &str) -> bool {
    let written = it.container.resources.limits.get(name).copied().or_else(|| of_pod(it, |pod| pod.limits.get(name).copied()));
    counts(written) || counts(default(cx, it, name, Wants::Limit))
}

/// Whether neither cpu nor memory has a request or a limit: one root cause, which `requests-missing` reports.
pub(super) fn has_nothing(cx: &Cx<'_>, it: &ContainerAt<'_>) -> bool {
    ["cpu", "memory"].iter().all(|name| !has_request(cx, it, name) && !has_limit(cx, it, name))
}

/// Whether an autoscaler that needs this request is reported for its absence.
pub(super) fn is_missed_by_autoscaler(cx: &Cx<'_>, it: &ContainerAt<'_>, name: &str) -> bool {
    utilizations(cx, it.workload).iter().any(|metric| metric.resource == name && metric.container.is_none_or(|only| *only == it.container.name))
}

fn of_pod(it: &ContainerAt<'_>, pick: impl Fn(&Resources) -> Option<Quantity>) -> Option<Quantity> {
    it.workload.pod().resources.as_ref().and_then(pick)
}

fn default(cx: &Cx<'_>, it: &ContainerAt<'_>, name: &str, wants: Wants) -> Option<Quantity> {
    cx.graph.limit_range_default(it.workload.meta.ns(), name, wants).map(|it| it.2)
}

/// A request or limit of 0 is none.
fn counts(it: Option<Quantity>) -> bool {
    it.is_some_and(|it| !it.is_zero())
}
