//! A disruption budget should let broken pods go.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::budgets::of_user;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pdb-protects-unhealthy-pods",
    rows: &[Row::PodDisruptionBudgets],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::PodDisruptionBudgets],
    title: "The budget keeps pods that are broken anyway",
    why: "When pods crash or never get ready, the budget counts them as missing and allows no eviction: a drain hangs on pods that serve nobody.",
    verify: "kubectl get pdb -A -o yaml | grep unhealthyPodEvictionPolicy",
    fix: "Set unhealthyPodEvictionPolicy: AlwaysAllow.",
    sources: &["Kubernetes documentation, specifying a disruption budget: unhealthy pod eviction policy"],
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
spec: #~ pdb-protects-unhealthy-pods
  maxUnavailable: 1
  selector: {matchLabels: {app: api}}
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
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector: {matchLabels: {app: api}}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for pdb in of_user(cx) {
        out.assess();
        if pdb.spec.unhealthy_pod_eviction_policy.as_deref() != Some("AlwaysAllow") {
            let message = format!("{pdb}: without unhealthyPodEvictionPolicy AlwaysAllow pods that never get ready block a drain");
            out.report(pdb, "spec.unhealthyPodEvictionPolicy", message);
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let set = Change::Set { path: Path::of("spec.unhealthyPodEvictionPolicy"), yaml: "AlwaysAllow".to_owned() };
    found.origin.map(|origin| Edit { origin, change: set }).into_iter().collect()
}
