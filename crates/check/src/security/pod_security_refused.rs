//! A namespace refuses pods that break its Pod Security level.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use seatrial_model::cluster::find;

use super::pod_controls;
use super::pod_security::{Level, violations};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pod-security-refused",
    rows: &[Row::AccessControls, Row::ValidObjects],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Namespaces],
    title: "The namespace refuses the workload's pods",
    why: "The controller is accepted, but admission refuses each of its pods: nothing starts, and the reason stands only in events.",
    verify: "kubectl get events -n NAMESPACE --field-selector reason=FailedCreate",
    fix: "Mend what breaks the level, or move the workload to a namespace that enforces a lower one.",
    sources: &["Kubernetes documentation, Pod Security Admission"],
    bad: "
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {pod-security.kubernetes.io/enforce: baseline}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      hostPID: true #~ pod-security-refused
      containers:
      - name: app
        image: registry/api:1.0
",
    good: "
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {pod-security.kubernetes.io/enforce: baseline}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: None,
};

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(namespace) = find(&cx.cluster.namespaces, "default", workload.meta.ns()) else { return };
    let (level, name) = match namespace.meta.label(ENFORCE) {
        Some("baseline") => (Level::Baseline, "baseline"),
        Some("restricted") => (Level::Restricted, "restricted"),
        _ => return,
    };
    out.assess();
    let broken = violations(&workload.template, level);
    let Some(first) = broken.first() else { return };
    let who = first.container.as_ref().map_or_else(|| "the pod".to_owned(), |it| format!("container {it}"));
    let more = if broken.len() > 1 { format!(" and {} more", broken.len() - 1) } else { String::new() };
    let draft = out.report(
        workload,
        pod_controls::below(workload, &first.path),
        format!("{workload}: the namespace enforces the Pod Security level {name} and refuses its pods: {who} {}{more}", first.detail),
    );
    draft.related(namespace, Path::of("metadata.labels").key(ENFORCE), format!("enforces {name}"));
    for it in &broken[1..] {
        draft.evidence(format!("{}: {}", it.path, it.detail));
    }
    // An older version of the level has fewer controls.
    if namespace.meta.label("pod-security.kubernetes.io/enforce-version").is_some_and(|it| it != "latest") {
        draft.confidence(Confidence::Medium);
    }
}
