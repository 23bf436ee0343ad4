//! Which monitoring a cluster runs.

use seatrial_model::{Object, Workload};

use crate::Cx;
use crate::infrastructure::compute_of::running;

pub(crate) const ADDON: &str = "amazon-cloudwatch-observability";

/// The agent that sends Container Insights metrics, by its image.
pub(crate) fn cloudwatch_agent<'a>(cx: &Cx<'a>) -> Option<&'a Object<Workload>> {
    running(cx, &["cloudwatch-agent"])
}

/// A Prometheus server that is not only an agent of something else.
pub(crate) fn prometheus<'a>(cx: &Cx<'a>) -> Option<&'a Object<Workload>> {
    running(cx, &["prometheus"])
}

/// Another agent that sends metrics of nodes and pods somewhere.
pub(crate) fn other_agent<'a>(cx: &Cx<'a>) -> Option<&'a Object<Workload>> {
    const AGENTS: &[&str] = &[
        "prometheus",
        "vmagent",
        "victoria-metrics",
        "datadog-agent",
        "newrelic-infrastructure",
        "nri-kubernetes",
        "oneagent",
        "dynatrace-operator",
        "alloy",
        "grafana-agent",
        "opentelemetry-collector-contrib",
        "opentelemetry-collector-k8s",
        "aws-otel-collector",
        "splunk-otel-collector",
        "metricbeat",
        "elastic-agent",
    ];
    // Datadog's image is called `agent` alone.
    let datadog = || cx.cluster.workloads.iter().find(|it| it.pod().containers.iter().any(|it| it.image.contains("datadog/agent")));
    running(cx, AGENTS).or_else(datadog)
}
