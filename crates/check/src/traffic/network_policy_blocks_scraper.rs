//! Pods that are to be scraped must let the scraper in.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::cluster::in_namespace;
use seatrial_model::kinds::apps::{Monitor, MonitorEndpoint};
use seatrial_model::{IntOrString, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use super::flows::{Direction, Peer, PodEnd, Port, judge};
use super::isolation::{is_for_want_of_another, is_governable, other_engine};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "network-policy-blocks-scraper",
    rows: &[Row::NetworkPolicies],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies, Need::Services, Need::Monitors, Need::Namespaces],
    title: "Network policies keep the metrics scraper out",
    why: "The monitor finds its targets and each scrape times out: dashboards are empty and alerts silent.",
    verify: "kubectl get servicemonitors,podmonitors -A   # and Prometheus' page of targets",
    fix: "Add an ingress rule from the scraper's namespace to the metrics port.",
    sources: &["Guide, Production Readiness Checklist, Observability: application metrics", "Prometheus operator, troubleshooting: ServiceMonitor targets"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress: #~ network-policy-blocks-scraper
  - from: [{podSelector: {matchLabels: {app: web}}}]
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: api, namespace: shop}
spec: {selector: {matchLabels: {app: api}}, podMetricsEndpoints: [{port: metrics}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: app, image: registry/api:1.0, ports: [{name: metrics, containerPort: 9090}]}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: api, namespace: shop}
spec: {selector: {matchLabels: {app: api}}, podMetricsEndpoints: [{port: metrics}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: app, image: registry/api:1.0, ports: [{name: metrics, containerPort: 9090}]}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let scrapers = scraper_namespaces(cx);
    for monitor in &cx.cluster.monitors {
        for ns in target_namespaces(cx, monitor) {
            for (workload, port) in targets(cx, monitor, ns) {
                judge_target(cx, monitor, workload, port, &scrapers, out);
            }
        }
    }
}

/// Namespaces a scraper may run in: where one is seen, else the usual ones.
fn scraper_namespaces<'a>(cx: &Cx<'a>) -> BTreeSet<&'a str> {
    let scrapes = |it: &Object<Workload>| {
        it.pod().containers.iter().any(|it| {
            ["prom/prometheus", "/prometheus:", "victoria-metrics", "vmagent", "grafana/agent", "grafana/alloy", "aws-otel-collector"]
                .iter()
                .any(|name| it.image.contains(name))
        })
    };
    let seen: BTreeSet<&str> = cx.cluster.workloads.iter().filter(|it| scrapes(it)).map(|it| it.meta.ns()).collect();
    if seen.is_empty() { BTreeSet::from(["monitoring", "prometheus", "observability"]) } else { seen }
}

fn target_namespaces<'a>(cx: &Cx<'a>, monitor: &'a Object<Monitor>) -> Vec<&'a str> {
    let selector = &monitor.spec.namespace_selector;
    if selector.any {
        return cx.namespaces();
    }
    if selector.match_names.is_empty() { vec![monitor.meta.ns()] } else { selector.match_names.iter().map(|it| it.as_str()).collect() }
}

/// Workloads that the monitor names, with the port it scrapes.
fn targets<'a>(cx: &Cx<'a>, monitor: &Object<Monitor>, ns: &str) -> Vec<(&'a Object<Workload>, i64)> {
    let spec = &monitor.spec;
    let mut found = Vec::new();
    for service in in_namespace(&cx.cluster.services, ns).iter().filter(|it| monitor.kind == "ServiceMonitor" && spec.selector.matches(&it.meta.labels)) {
        for workload in cx.graph.selected_by_service(service) {
            let named = |it: &MonitorEndpoint| super::alb::target_port(service, Some((&it.port, None)), workload).or_else(|| container_port(it, workload));
            found.extend(spec.endpoints.iter().filter_map(named).map(|it| (workload, it)));
        }
    }
    for workload in in_namespace(&cx.cluster.workloads, ns)
        .iter()
        .filter(|it| monitor.kind == "PodMonitor" && it.meta.controller().is_none() && spec.selector.matches(it.pod_labels()))
    {
        found.extend(spec.pod_metrics_endpoints.iter().filter_map(|it| container_port(it, workload)).map(|it| (workload, it)));
    }
    found
}

fn container_port(endpoint: &MonitorEndpoint, workload: &Workload) -> Option<i64> {
    let named = |name: &str| workload.pod().all_containers().flat_map(|it| &it.ports).find(|it| it.name.as_deref() == Some(name)).map(|it| it.container_port);
    match (&endpoint.target_port, &endpoint.port) {
        (Some(IntOrString::Int(it)), _) => Some(*it),
        (Some(IntOrString::Str(name)), _) | (None, Some(name)) => named(name),
        (None, None) => None,
    }
}

fn judge_target(cx: &Cx<'_>, monitor: &Object<Monitor>, workload: &Object<Workload>, port: i64, scrapers: &BTreeSet<&str>, out: &mut Findings) {
    let policies = cx.graph.policies_of(workload);
    if !policies.iter().any(|it| it.governs_ingress()) || !is_governable(workload) || other_engine(cx, workload.meta.ns()).is_some() {
        return;
    }
    out.assess();
    let own = PodEnd::of(workload);
    let denied = |ns: &str| judge(cx.cluster, &policies, &own, Direction::Ingress, Peer::SomePodOf(ns), Port::tcp(port)).denied_by();
    let by: Vec<_> = scrapers.iter().map(|ns| denied(ns)).collect();
    if by.iter().any(Option::is_none) {
        return;
    }
    let Some(owner) = by.into_iter().flatten().flatten().max_by_key(|it| !it.spec.pod_selector.is_empty()) else { return };
    if is_for_want_of_another(cx, owner) {
        return;
    }
    let path = if owner.spec.ingress.is_some() { Path::of("spec.ingress") } else { Path::of("spec.podSelector") };
    let from: Vec<&str> = scrapers.iter().copied().collect();
    out.report(owner, path, format!("{owner}: keeps the scraper of {monitor} away from port {port} of {workload}, so its metrics are missing"))
        .related(monitor, "spec.selector", "asks for these pods to be scraped")
        .evidence(format!("no rule lets in pods of namespace {}", from.join(" or ")));
}
