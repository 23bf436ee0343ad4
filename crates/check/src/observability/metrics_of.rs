//! What shows that a workload's own metrics are collected.

use std::collections::BTreeMap;

use seatrial_model::cluster::in_namespace;
use seatrial_model::kinds::apps::Monitor;
use seatrial_model::kinds::traffic::Service;
use seatrial_model::{Labels, Object, Text, Workload};

use crate::Cx;

/// Annotations that make an agent scrape or instrument the pod.
const ANNOTATIONS: &[&str] = &["prometheus.io/scrape", "prometheus.io/port", "sidecar.opentelemetry.io/inject", "linkerd.io/inject", "sidecar.istio.io/inject"];
const ANNOTATION_PREFIXES: &[&str] = &["instrumentation.opentelemetry.io/", "cloudwatch.aws.amazon.com/", "ad.datadoghq.com/", "k8s.grafana.com/"];
const VARIABLES: &[&str] = &["OTEL_", "AWS_EMF_", "STATSD_", "DD_", "PROMETHEUS_", "METRICS_", "NEW_RELIC_", "PUSHGATEWAY"];
const SIDECARS: &[&str] = &["exporter", "otel", "opentelemetry", "statsd", "cloudwatch-agent", "istio-proxy", "linkerd-proxy"];

/// A sign in the workload itself that it has metrics.
pub(crate) fn own_sign(workload: &Workload) -> Option<String> {
    let template = &workload.template.metadata;
    annotated(&template.annotations).or_else(|| annotated(&template.labels)).or_else(|| in_containers(workload))
}

/// An annotation that has somebody collect metrics.
pub(crate) fn annotated(annotations: &Labels) -> Option<String> {
    let is_sign = |key: &str, value: &str| (ANNOTATIONS.contains(&key) && value != "false") || ANNOTATION_PREFIXES.iter().any(|it| key.starts_with(it));
    annotations.iter().find(|(key, value)| is_sign(key, value)).map(|(key, _)| format!("annotation {key}"))
}

fn in_containers(workload: &Workload) -> Option<String> {
    let is_metrics = |name: &str| name.contains("metric") || name.contains("prom") || name.contains("telemetry");
    for it in workload.pod().all_containers() {
        if let Some(port) = it.ports.iter().filter_map(|it| it.name.as_deref()).find(|it| is_metrics(it)) {
            return Some(format!("port {port}"));
        }
        if let Some(env) = it.env.iter().find(|env| VARIABLES.iter().any(|it| env.name.starts_with(it))) {
            return Some(format!("variable {}", env.name));
        }
        if SIDECARS.iter().any(|word| it.name.contains(word) || it.image.contains(word)) {
            return Some(format!("container {}", it.name));
        }
        if let Some(word) = it.command_line().find(|it| it.starts_with('-') && it.contains("metrics")) {
            return Some(format!("argument {}", word.split('=').next().unwrap_or(word)));
        }
    }
    None
}

/// Something that labels select, by one of its labels: keeps the join linear.
type ByLabel<'a, T> = BTreeMap<(&'a Text, &'a Text), Vec<&'a Object<T>>>;

/// Services and workloads that monitors may select.
pub(crate) struct Monitored<'a> {
    services: ByLabel<'a, Service>,
    pods: ByLabel<'a, Workload>,
}

/// What a monitor selects.
pub(crate) enum Selected<'a> {
    Services(Vec<&'a Object<Service>>),
    Pods(Vec<&'a Object<Workload>>),
}

impl Selected<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Services(it) => it.is_empty(),
            Self::Pods(it) => it.is_empty(),
        }
    }
}

impl<'a> Monitored<'a> {
    pub(crate) fn new(cx: &Cx<'a>) -> Self {
        let mut found = Self { services: ByLabel::new(), pods: ByLabel::new() };
        for it in &cx.cluster.services {
            it.meta.labels.iter().for_each(|label| found.services.entry(label).or_default().push(it));
        }
        for it in cx.cluster.workloads.iter().filter(|it| it.meta.controller().is_none()) {
            it.pod_labels().iter().for_each(|label| found.pods.entry(label).or_default().push(it));
        }
        found
    }

    /// What the monitor selects, in the namespaces that it looks at.
    pub(crate) fn selected_by(&self, cx: &Cx<'a>, monitor: &Object<Monitor>) -> Selected<'a> {
        if monitor.kind == "PodMonitor" {
            Selected::Pods(select(monitor, &self.pods, &cx.cluster.workloads, |it| it.pod_labels()))
        } else {
            Selected::Services(select(monitor, &self.services, &cx.cluster.services, |it| &it.meta.labels))
        }
    }
}

fn select<'a, T>(
    monitor: &Object<Monitor>,
    by_label: &ByLabel<'a, T>,
    all: &'a [Object<T>],
    labels: impl Fn(&'a Object<T>) -> &'a Labels,
) -> Vec<&'a Object<T>> {
    let selector = &monitor.spec.selector;
    let spaces = &monitor.spec.namespace_selector;
    // What is written without a namespace may be applied to any.
    let is_seen = |it: &&'a Object<T>| match (&it.meta.namespace, &monitor.meta.namespace) {
        _ if spaces.any => true,
        (None, _) => true,
        (Some(ns), _) if !spaces.match_names.is_empty() => spaces.match_names.contains(ns),
        (Some(_), None) => true,
        (Some(ns), Some(own)) => ns == own,
    };
    let fits = |it: &&'a Object<T>| is_seen(it) && selector.matches(labels(it));
    match selector.match_labels.iter().min_by_key(|it| by_label.get(it).map_or(0, Vec::len)) {
        Some(label) => by_label.get(&label).into_iter().flatten().copied().filter(fits).collect(),
        None if spaces.any || !spaces.match_names.is_empty() || monitor.meta.namespace.is_none() => all.iter().filter(fits).collect(),
        None => in_namespace(all, monitor.meta.ns()).iter().filter(fits).collect(),
    }
}
