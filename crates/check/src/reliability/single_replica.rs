//! A workload that must be there needs more than one pod.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use super::scaling_of::autoscaler;
use super::volumes_of::single_node_claim;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "single-replica",
    rows: &[Row::MultipleReplicas, Row::PitfallSingleReplica, Row::PatternStateless],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads, Need::Services, Need::HorizontalPodAutoscalers, Need::Ingresses, Need::Routes, Need::ScaledObjects],
    title: "The workload runs as a single pod",
    why: "Each node drain, upgrade, crash or eviction is an outage, for as long as the pod needs to start elsewhere.",
    verify: "kubectl get deployment -A",
    fix: "Run at least two replicas, three where users reach it, and spread them over zones.",
    sources: &["Guide, Production Readiness Checklist, Reliability", "Guide, Common Pitfalls 2"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 1 #~ single-replica
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
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
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let replicas = cx.graph.replicas_of(workload);
    // A database of one pod is a pattern of the guide; something scaled to nothing is switched off.
    let is_database = workload.workload_kind == WorkloadKind::StatefulSet && workload.is_stateful() && !cx.graph.is_user_facing(workload);
    let kind = matches!(workload.workload_kind, WorkloadKind::Deployment | WorkloadKind::Rollout | WorkloadKind::StatefulSet);
    if !kind || is_database || replicas.max < 1 {
        return;
    }
    out.assess();
    if replicas.max > 1 {
        return;
    }
    let severity = severity(cx, workload);
    let who = if severity == Severity::High { ", and users reach it" } else { "" };
    let found = out.report(workload, "spec.replicas", format!("{workload}: runs as a single pod{who}: each drain or crash stops it"));
    found.severity(severity);
    // Alone it would only stand in the way of drains; beside a second pod it is needed.
    if cx.snapshot.has(Need::PodDisruptionBudgets).is_ok() && cx.graph.budgets_of(workload).is_empty() {
        found.evidence("no PodDisruptionBudget covers it either, and a second pod needs one");
    }
    if let Some((by, _, max)) = autoscaler(&replicas) {
        found.related(by, max, "the autoscaler allows no more");
    }
    if let Some((claim, path)) = single_node_claim(cx, workload).filter(|_| cx.snapshot.has(Need::StorageClasses).is_ok()) {
        found.evidence(format!("{claim} can be mounted on one node only: more replicas need a StatefulSet or shared storage")).related(
            workload,
            path,
            "the volume",
        );
    }
}

fn severity(cx: &Cx<'_>, workload: &Object<Workload>) -> Severity {
    if cx.graph.is_user_facing(workload) {
        Severity::High
    } else if cx.graph.services_of(workload).is_empty() {
        Severity::Low
    } else {
        Severity::Medium
    }
}
