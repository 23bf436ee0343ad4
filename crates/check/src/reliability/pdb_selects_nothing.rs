//! A disruption budget must select pods.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object};
use seatrial_report::{Confidence, Severity};

use super::budgets::{is_always_closed, of_user};
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::cluster::{find, in_namespace};
use seatrial_model::kinds::scaling::PodDisruptionBudget;

pub static CHECK: Check = Check {
    id: "pdb-selects-nothing",
    rows: &[Row::PodDisruptionBudgets],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PodDisruptionBudgets],
    title: "The PodDisruptionBudget selects no pods",
    why: "The pods it was written for are unprotected: a drain may evict all of them.",
    verify: "kubectl get pdb -A; kubectl get pods -n NAMESPACE -l KEY=VALUE",
    fix: "Make the selector equal to labels of the pod template, or delete the budget.",
    sources: &["Kubernetes documentation, specifying a disruption budget"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: api
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: apl}} #~ pdb-selects-nothing
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: api
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: api}}
",
    run: Run::InCluster(&[Need::Pods], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for pdb in of_user(cx) {
        // In manifests one that is always closed is reported for that.
        if is_always_closed(pdb) && !cx.is_live() {
            continue;
        }
        out.assess();
        if !cx.graph.selected_by_budget(pdb).is_empty() || selects_managed(cx, pdb) {
            continue;
        }
        let found = out.report(pdb, "spec.selector", format!("{pdb}: its selector matches no pods among the inputs, so it protects nothing"));
        if let Some(it) = find(&cx.cluster.workloads, pdb.meta.ns(), &pdb.meta.name) {
            found.related(it, it.template_path().join("metadata.labels"), "the labels it may have been meant for");
        }
        if !cx.is_live() && may_come_from_elsewhere(cx, pdb.meta.ns()) {
            found.confidence(Confidence::Low);
        }
    }
}

/// Pods and workloads of operators have owners that are not among the workloads.
fn selects_managed(cx: &Cx<'_>, pdb: &Object<PodDisruptionBudget>) -> bool {
    let Some(selector) = &pdb.spec.selector else { return false };
    let ns = pdb.meta.ns();
    let pods = in_namespace(&cx.cluster.pods, ns).iter().any(|it| selector.matches(&it.meta.labels));
    pods || in_namespace(&cx.cluster.workloads, ns).iter().any(|it| selector.matches(it.pod_labels()))
}

/// Manifests without any workload in the namespace, or with objects of which an operator may make pods.
fn may_come_from_elsewhere(cx: &Cx<'_>, ns: &str) -> bool {
    in_namespace(&cx.cluster.workloads, ns).is_empty() || !in_namespace(&cx.cluster.others, ns).is_empty()
}
