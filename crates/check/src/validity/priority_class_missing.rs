//! A priority class that a pod names must exist.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::find;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "priority-class-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::Low,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PriorityClasses],
    title: "The PriorityClass does not exist",
    why: "The API server refuses to create the pods.",
    verify: "kubectl get priorityclasses",
    fix: "Add the PriorityClass, or correct priorityClassName.",
    sources: &["Kubernetes documentation, pod priority and preemption"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      priorityClassName: important #~ priority-class-missing
      containers: [{name: app, image: registry/api:1.0}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      priorityClassName: system-cluster-critical
      containers: [{name: app, image: registry/api:1.0}]
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(class) = workload.pod().priority_class_name.as_deref().filter(|it| !it.is_empty()) else { return };
    out.assess();
    if !class.starts_with("system-") && find(&cx.cluster.priority_classes, "default", class).is_none() {
        let knows = cx.is_live() || !cx.cluster.priority_classes.is_empty();
        let message = format!("{workload}: PriorityClass {class} does not exist, so the API server refuses its pods");
        let draft = out.report(workload, workload.pod_path().key("priorityClassName"), message);
        draft.confidence(if cx.is_live() {
            Confidence::High
        } else if knows {
            Confidence::Medium
        } else {
            Confidence::Low
        });
    }
}
