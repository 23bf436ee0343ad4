//! What users reach should not be the first to go when nodes are full.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "priority-class-unset",
    rows: &[Row::RecoveryFailure, Row::MultipleReplicas],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::Ingresses, Need::Routes, Need::PriorityClasses],
    title: "What users reach has no priority",
    why: "When a zone is lost and nodes are full, batch pods may hold the room that these pods need.",
    verify: "kubectl get priorityclasses; kubectl get deployment NAME -o jsonpath={.spec.template.spec.priorityClassName}",
    fix: "Define a PriorityClass for user-facing workloads, and name it in priorityClassName.",
    sources: &["Kubernetes documentation, pod priority and preemption"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: #~ priority-class-unset
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: LoadBalancer
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
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
      priorityClassName: user-facing
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: LoadBalancer
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let has_default = cx.cluster.priority_classes.iter().any(|it| it.global_default);
    if has_default || !cx.graph.is_user_facing(workload) {
        return;
    }
    out.assess();
    if workload.pod().priority_class_name.is_none() {
        let message = format!("{workload}: users reach it, and it has no priority, so after the loss of a zone batch pods may hold its room");
        out.report(workload, workload.pod_path().key("priorityClassName"), message);
    }
}
