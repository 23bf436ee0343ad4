//! A disruption budget with a share needs pods of a controller that scales.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use super::budgets::of_user;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pdb-cannot-count-pods",
    rows: &[Row::PodDisruptionBudgets],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PodDisruptionBudgets],
    title: "The budget cannot count the pods it selects",
    why: "The disruption controller cannot learn how many pods there should be of Jobs, DaemonSets or bare pods: it then allows no eviction at all, and drains hang.",
    verify: "kubectl describe pdb NAME   # condition DisruptionAllowed, reason SyncFailed",
    fix: "Narrow the selector to pods of Deployments and StatefulSets, or use minAvailable with a plain number.",
    sources: &["Kubernetes documentation, specifying a disruption budget: arbitrary controllers and selectors", "Kubernetes source, pkg/controller/disruption"],
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
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  template:
    metadata: {labels: {app: api}}
    spec: {restartPolicy: Never, containers: [{name: app, image: registry/api:1.0}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: api
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: api}} #~ pdb-cannot-count-pods
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
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for pdb in of_user(cx) {
        let workloads = cx.graph.selected_by_budget(pdb);
        // A plain minAvailable needs no expected number of pods.
        let needs_count = pdb.spec.max_unavailable.is_some() || pdb.spec.min_available.as_ref().is_some_and(|it| it.percent().is_some());
        if workloads.is_empty() || !needs_count {
            continue;
        }
        out.assess();
        let Some(odd) = workloads.iter().find(|it| has_no_scale(it)) else { continue };
        // Nobody drains the pods of a DaemonSet; the budget is useless rather than harmful.
        let harmless = workloads.iter().all(|it| it.workload_kind == WorkloadKind::DaemonSet);
        let message = format!("{pdb}: selects pods of {odd}, which has no replica count, so it allows no eviction at all");
        out.report(pdb, "spec.selector", message).severity(if harmless { Severity::Low } else { Severity::High }).related(
            *odd,
            odd.template_path().join("metadata.labels"),
            "these pods cannot be counted",
        );
    }
}

fn has_no_scale(it: &Workload) -> bool {
    matches!(it.workload_kind, WorkloadKind::Job | WorkloadKind::CronJob | WorkloadKind::DaemonSet)
}
