//! A spread constraint must count the pods it is written on.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "spread-selector-mismatch",
    rows: &[Row::MultipleReplicas, Row::RecoveryFailure],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A spread constraint does not count its own pods",
    why: "The constraint counts other pods, or none: its own pods are placed as if it were not there, or cannot be placed at all.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 12 topologySpreadConstraints",
    fix: "Use the same labels in labelSelector as in the pod template.",
    sources: &["Kubernetes documentation, pod topology spread constraints"],
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
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: topology.kubernetes.io/zone
        whenUnsatisfiable: ScheduleAnyway
        labelSelector: {matchLabels: {app: apl}} #~ spread-selector-mismatch
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
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    for (at, it) in workload.pod().topology_spread_constraints.iter().enumerate() {
        out.assess();
        if it.label_selector.as_ref().is_some_and(|it| it.matches(workload.pod_labels())) {
            continue;
        }
        let path = workload.pod_path().key("topologySpreadConstraints").index(at).key("labelSelector");
        let what = if it.label_selector.is_some() { "selects labels that its own pods do not carry" } else { "has no labelSelector" };
        out.report(workload, path, format!("{workload}: the spread over {} {what}, so its pods are not spread", it.topology_key)).related(
            workload,
            workload.template_path().join("metadata.labels"),
            "the labels of its pods",
        );
    }
}
