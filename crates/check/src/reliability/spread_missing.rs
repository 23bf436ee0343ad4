//! Replicas should stand in several zones.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use super::placement::{HOSTNAME, ZONE, is_zone, spread_keys};
use super::scaling_of::scaled_objects_of;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "spread-missing",
    rows: &[Row::MultipleReplicas, Row::RecoveryFailure],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "Replicas are not spread over zones",
    why: "Nothing keeps the replicas apart: the loss of one zone, or of one node, may take all of them.",
    verify: "kubectl get pods -o wide -l app=NAME; kubectl get nodes -L topology.kubernetes.io/zone",
    fix: "Add a topologySpreadConstraint over topology.kubernetes.io/zone that selects the workload's own pods.",
    sources: &["Kubernetes documentation, pod topology spread constraints", "Guide, Disaster Recovery, AZ failure"],
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
    spec: #~ spread-missing
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
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: topology.kubernetes.io/zone
        whenUnsatisfiable: ScheduleAnyway
        labelSelector: {matchLabels: {app: api}}
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let kind = matches!(workload.workload_kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet | WorkloadKind::Rollout);
    if !kind || cx.graph.replicas_of(workload).max < 2 || is_pinned(workload) {
        return;
    }
    out.assess();
    let keys = spread_keys(workload);
    let path = workload.pod_path().key("topologySpreadConstraints");
    // Nobody waits for the pods that a queue worker loses: others take over its messages.
    let is_asked = workload.workload_kind == WorkloadKind::StatefulSet || scaled_objects_of(cx, workload).is_empty();
    let severity = if is_asked { Severity::Medium } else { Severity::Low };
    if keys.is_empty() {
        out.report(workload, path, format!("{workload}: nothing spreads its pods, so one zone or node may hold all of them"))
            .severity(severity)
            .evidence("the scheduler's own default spreading is weak and gives way to other preferences");
    } else if !keys.iter().any(|it| is_zone(it)) {
        out.report(workload, path, format!("{workload}: its pods are spread over {} but not over zones, so one zone may hold all of them", keys[0]))
            .severity(Severity::Low);
    }
}

/// Pods that are bound to a zone or a node cannot be spread over zones.
fn is_pinned(workload: &Workload) -> bool {
    let pod = workload.pod();
    let node = pod.node_selector.iter().any(|(key, _)| is_zone(key) || key == HOSTNAME);
    node || pod.node_name.is_some()
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(workload) = cx.workloads().find(|it| it.origin == found.origin && it.object_ref() == found.object) else { return Vec::new() };
    let (Some(origin), Some(selector)) = (found.origin, &workload.selector) else { return Vec::new() };
    let labels: String = selector.match_labels.iter().map(|(k, v)| format!("\n    {k}: {:?}", v.as_str())).collect();
    if labels.is_empty() {
        return Vec::new();
    }
    let yaml = format!("maxSkew: 1\ntopologyKey: {ZONE}\nwhenUnsatisfiable: ScheduleAnyway\nlabelSelector:\n  matchLabels:{labels}\n");
    vec![Edit { origin, change: Change::Append { path: found.path.clone(), yaml } }]
}
