//! A disruption budget must let a pod go at the autoscaler's minimum too.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::budgets::{allowed, field, guarded, is_always_closed, of_user, pods, setting};
use super::scaling_of::autoscaler;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pdb-above-autoscaler-minimum",
    rows: &[Row::PodDisruptionBudgets],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PodDisruptionBudgets, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "The budget blocks drains at the autoscaler's minimum",
    why: "In quiet hours, when drains and upgrades are planned, the autoscaler leaves exactly as many pods as the budget insists on: none may be evicted.",
    verify: "kubectl get pdb,hpa -A",
    fix: "Use maxUnavailable: 1 instead of minAvailable, or raise the autoscaler's minimum above it.",
    sources: &["Kubernetes documentation, specifying a disruption budget"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api
  minReplicas: 2
  maxReplicas: 10
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: api
spec:
  minAvailable: 2 #~ pdb-above-autoscaler-minimum
  selector: {matchLabels: {app: api}}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api
  minReplicas: 3
  maxReplicas: 10
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
        let scaled = workloads.iter().find_map(|it| autoscaler(&cx.graph.replicas_of(it)));
        let Some((by, min_path, _)) = scaled else { continue };
        let (least, most) = pods(cx, &workloads);
        out.assess();
        if allowed(pdb, least) == Some(0) && allowed(pdb, most) != Some(0) && !is_always_closed(pdb) {
            let pods = if least == 1 { "1 pod".to_owned() } else { format!("{least} pods") };
            let message = format!("{pdb}: {} lets no pod go while the autoscaler holds {pods}, so drains hang in quiet hours", setting(pdb));
            out.report(pdb, field(pdb), message).related(by, min_path, "the autoscaler's minimum");
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let remove = Change::Remove { path: Path::of("spec.minAvailable") };
    let set = Change::Set { path: Path::of("spec.maxUnavailable"), yaml: "1".to_owned() };
    [remove, set].into_iter().map(|change| Edit { origin, change }).collect()
}
