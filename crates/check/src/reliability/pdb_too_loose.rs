//! A disruption budget must keep some pods.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::budgets::{allowed, field, guarded, of_user, pods, setting};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pdb-too-loose",
    rows: &[Row::PodDisruptionBudgets],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads, Need::PodDisruptionBudgets, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "The budget lets all pods be evicted at once",
    why: "The budget looks like protection and is none: a drain may take every pod in the same moment.",
    verify: "kubectl get pdb -A   # ALLOWED DISRUPTIONS equals the number of pods",
    fix: "Set maxUnavailable: 1, or a share well below 100 %.",
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
  maxUnavailable: 100% #~ pdb-too-loose
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
  selector: {matchLabels: {app: api}}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for pdb in of_user(cx) {
        let workloads = guarded(cx, pdb);
        let least = pods(cx, &workloads).0;
        // Without a bound no number of pods is kept.
        if pdb.spec.max_unavailable.is_none() && pdb.spec.min_available.is_none() {
            out.report(pdb, "spec.maxUnavailable", format!("{pdb}: sets no bound at all, so it protects nothing"));
            continue;
        }
        // The only pod of a workload must be free to go, or drains would hang.
        if least < 2 {
            continue;
        }
        out.assess();
        if allowed(pdb, least).is_some_and(|it| it >= least) {
            let message = format!("{pdb}: {} lets all {least} pods be evicted at once, so it protects nothing", setting(pdb));
            let found = out.report(pdb, field(pdb), message);
            for it in workloads.iter().take(3) {
                found.related(*it, "spec.replicas", "its pods");
            }
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let remove = Change::Remove { path: Path::of("spec.minAvailable") };
    let set = Change::Set { path: Path::of("spec.maxUnavailable"), yaml: "1".to_owned() };
    let edits = if found.path == Path::of("spec.minAvailable") { vec![remove, set] } else { vec![set] };
    edits.into_iter().map(|change| Edit { origin, change }).collect()
}
