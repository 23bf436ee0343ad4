//! An autoscaler must have something to scale.

use seatrial_facts::guide::Row;
use seatrial_model::{Handle, Need, Path};
use seatrial_report::{Confidence, Severity};

use super::scaling_of::is_made_by_keda;
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::cluster::{find_all, group_of};
use seatrial_model::kinds::scaling::ScaleTarget;

pub static CHECK: Check = Check {
    id: "autoscaler-target-missing",
    rows: &[Row::ValidReferences, Row::MultipleReplicas],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects, Need::VerticalPodAutoscalers],
    title: "The autoscaler scales something that does not exist",
    why: "The workload that was meant keeps its fixed number of pods, whatever the load.",
    verify: "kubectl describe hpa NAME   # AbleToScale False, FailedGetScale",
    fix: "Correct kind, name and apiVersion in scaleTargetRef, or delete the autoscaler.",
    sources: &["Kubernetes documentation, horizontal pod autoscaling"],
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
    name: apl #~ autoscaler-target-missing
  maxReplicas: 5
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
  maxReplicas: 5
",
    run: Run::Snapshot(run),
    repair: None,
};

const SCALABLE: &[&str] = &["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout", "DaemonSet", "Job", "CronJob"];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.cluster.horizontal_pod_autoscalers.iter().filter(|it| !is_made_by_keda(it)) {
        judge(cx, it.handle(), &it.spec.scale_target_ref, "spec.scaleTargetRef", out);
    }
    for it in cx.cluster.scaled_objects.iter().filter(|it| it.kind == "ScaledObject") {
        judge(cx, it.handle(), &it.spec.scale_target_ref, "spec.scaleTargetRef", out);
    }
    for it in &cx.cluster.vertical_pod_autoscalers {
        judge(cx, it.handle(), &it.spec.target_ref, "spec.targetRef", out);
    }
}

fn judge(cx: &Cx<'_>, by: Handle<'_>, target: &ScaleTarget, path: &str, out: &mut Findings) {
    let ns = by.meta.ns();
    // An empty name is refused by the API server.
    if by.meta.controller().is_some() || cx.is_platform(ns) || target.name.is_empty() {
        return;
    }
    let kind = target.kind.as_deref().unwrap_or("Deployment");
    // Custom resources that scale are not among the kinds that are read.
    if !SCALABLE.contains(&kind) {
        return;
    }
    out.assess();
    let path = Path::of(path);
    if let Some(workload) = cx.graph.target_of(by.meta, target) {
        let (wanted, real) = (target.api_version.as_deref().map(group_of), group_of(&workload.api_version));
        if let Some(wanted) = wanted.filter(|it| *it != real) {
            let message = format!("{by}: names {kind} {} in API group \"{wanted}\", but it is in \"{real}\", so it scales nothing", target.name);
            out.report(by, path.key("apiVersion"), message).related(workload, "apiVersion", "its API group");
        }
        return;
    }
    let found = out.report(by, path.key("name"), format!("{by}: scales {kind} {}, which is not among the inputs, so it scales nothing", target.name));
    // A live list is complete; manifests may be a part of what is applied.
    if cx.is_live() {
        found.confidence(Confidence::High);
    }
    if let Some(it) = find_all(&cx.cluster.workloads, ns, &target.name).first() {
        found.related(it, "kind", "of this name, but another kind");
    }
}
