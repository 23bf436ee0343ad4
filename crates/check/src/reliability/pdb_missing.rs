//! A workload with several replicas needs a PodDisruptionBudget.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pdb-missing",
    rows: &[Row::PodDisruptionBudgets, Row::PitfallSingleReplica],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads, Need::PodDisruptionBudgets, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "No PodDisruptionBudget covers the workload",
    why: "A node drain, a node-group upgrade or a consolidation may evict all of its pods at the same moment.",
    verify: "kubectl get pdb -A",
    fix: "Add a PodDisruptionBudget with maxUnavailable: 1 that selects the workload's pods.",
    sources: &["Guide, Production Readiness Checklist, Reliability", "Kubernetes documentation, specifying a disruption budget"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api #~ pdb-missing
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: api}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: api}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    // A DaemonSet is not drained; a single replica is a finding of its own, and a budget would only block drains.
    let kind = matches!(workload.workload_kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::Rollout);
    if !kind || cx.graph.replicas_of(workload).max < 2 {
        return;
    }
    out.assess();
    if cx.graph.budgets_of(workload).is_empty() {
        let replicas = cx.graph.replicas_of(workload);
        let pods = if replicas.min == replicas.max { format!("{} pods", replicas.max) } else { format!("up to {} pods", replicas.max) };
        out.report(workload, "metadata.name", format!("{workload}: no PodDisruptionBudget covers it, so a drain may evict all of its {pods} at once"));
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let Some(workload) = cx.workloads().find(|it| it.origin == found.origin) else { return Vec::new() };
    let name = &workload.meta.name;
    let namespace = workload.meta.namespace.as_ref().map(|it| format!("\n  namespace: {it}")).unwrap_or_default();
    let labels: String = workload.pod_labels().iter().filter(|(k, v)| selects(workload, k, v)).map(|(k, v)| format!("\n      {k}: {v:?}")).collect();
    let yaml = format!(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: {name}{namespace}\nspec:\n  maxUnavailable: 1\n  unhealthyPodEvictionPolicy: AlwaysAllow\n  selector:\n    matchLabels:{labels}\n"
    );
    vec![Edit { origin, change: Change::Create { name: format!("{name}-pdb"), yaml } }]
}

/// The workload's own selector keeps the budget to its pods; labels beside it may change between releases.
fn selects(workload: &Object<Workload>, key: &str, value: &str) -> bool {
    match &workload.selector {
        Some(it) if !it.match_labels.is_empty() => it.match_labels.get(key).is_some_and(|v| v.as_str() == value),
        _ => true,
    }
}
