//! A Service's selector must select pods of some workload.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::in_namespace;
use seatrial_model::kinds::traffic::Service;
use seatrial_model::{Labels, Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::unplaced::unplaced_workloads;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "service-selects-nothing",
    rows: &[Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Services, Need::Workloads],
    title: "A Service selects no pods",
    why: "It has no endpoints: whoever connects is refused, and an Ingress in front answers 503.",
    verify: "kubectl get endpointslices -l kubernetes.io/service-name=NAME",
    fix: "Make the selector equal to labels of the pods it is meant for, or delete the Service.",
    sources: &["Kubernetes documentation, Service: Services without endpoints"],
    bad: "
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: apii} #~ service-selects-nothing
  ports: [{port: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports: [{port: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    run: Run::InCluster(&[Need::Pods], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for service in cx.cluster.services.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        if service.spec.selector.is_empty() || service.service_type() == "ExternalName" {
            continue;
        }
        out.assess();
        if cx.graph.selected_by_service(service).is_empty() && !selects_elsewhere(cx, service) {
            report(cx, service, out);
        }
    }
}

/// Pods of an operator's own kind have no workload among the inputs; a workload without a namespace may be meant for this one.
fn selects_elsewhere(cx: &Cx<'_>, service: &Object<Service>) -> bool {
    let selector = &service.spec.selector;
    let selects = |labels: &Labels| agreeing(selector, labels) == selector.len();
    in_namespace(&cx.cluster.pods, service.meta.ns()).iter().any(|it| selects(&it.meta.labels))
        || in_namespace(&cx.cluster.workloads, service.meta.ns()).iter().any(|it| selects(it.pod_labels()))
        || unplaced_workloads(cx.cluster, service.meta.namespace.as_deref()).any(|it| selects(it.pod_labels()))
}

fn report(cx: &Cx<'_>, service: &Object<Service>, out: &mut Findings) {
    let wanted: Vec<String> = service.spec.selector.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let message = format!("{service}: no workload's pods carry {}, so it has no endpoints and whoever calls it gets errors", wanted.join(", "));
    let found = out.report(service, "spec.selector", message);
    match nearest(cx, service) {
        Some(workload) => found.related(workload, workload.template_path().join("metadata.labels"), "the nearest pods carry these labels"),
        // Nothing like it is here: the pods may be an operator's, or in another repository.
        None if !cx.is_live() => found.confidence(Confidence::Low),
        None => found,
    };
}

/// The workload that was likely meant: of a like name, or with most of the labels.
fn nearest<'a>(cx: &Cx<'a>, service: &Object<Service>) -> Option<&'a Object<Workload>> {
    let selector = &service.spec.selector;
    let is_like = |name: &str| name == service.meta.name.as_str() || selector.iter().any(|(_, it)| it.contains(name));
    in_namespace(&cx.cluster.workloads, service.meta.ns())
        .iter()
        .filter(|it| it.meta.controller().is_none())
        .map(|it| (is_like(&it.meta.name), agreeing(selector, it.pod_labels()), it))
        .filter(|(like, labels, _)| *like || *labels >= 2)
        .max_by_key(|(like, labels, _)| (*like, *labels))
        .map(|it| it.2)
}

/// How many pairs of the selector the labels hold. What controllers add to each pod is not in a template.
fn agreeing(selector: &Labels, labels: &Labels) -> usize {
    const ADDED: [&str; 4] = ["statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "pod-template-hash", "controller-revision-hash"];
    selector.iter().filter(|(k, v)| labels.get(k) == Some(v) || ADDED.contains(&k.as_str())).count()
}
