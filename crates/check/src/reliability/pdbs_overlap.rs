//! A pod must have one disruption budget.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pdbs-overlap",
    rows: &[Row::PodDisruptionBudgets],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PodDisruptionBudgets],
    title: "Two PodDisruptionBudgets select the same pods",
    why: "The eviction API refuses to evict a pod that several budgets select: drains and node upgrades hang.",
    verify: "kubectl get pdb -A",
    fix: "Keep one budget, or narrow the selectors so that they share no pod.",
    sources: &["Kubernetes documentation, specifying a disruption budget", "Kubernetes source, pkg/registry/core/pod/storage/eviction.go"],
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
  selector: {matchLabels: {app: api}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: api-2
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: api}} #~ pdbs-overlap
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
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let budgets = cx.graph.budgets_of(workload);
    // A drain leaves the pods of DaemonSets where they are.
    if budgets.is_empty() || workload.workload_kind == WorkloadKind::DaemonSet {
        return;
    }
    out.assess();
    // The same object twice among the inputs (two overlays, two dumps) is one object in the cluster.
    let [first, rest @ ..] = budgets.as_slice() else { return };
    if let Some(second) = rest.iter().find(|it| it.meta.name != first.meta.name) {
        let message = format!("{second}: selects the pods of {workload}, as {first} does, so their eviction is refused and drains hang");
        out.report(*second, "spec.selector", message).related(*first, "spec.selector", "the other budget").related(
            workload,
            workload.template_path().join("metadata.labels"),
            "the pods of both",
        );
    }
}
