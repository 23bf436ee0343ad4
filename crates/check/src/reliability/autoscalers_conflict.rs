//! One workload must have one autoscaler.

use seatrial_facts::guide::Row;
use seatrial_model::{Handle, Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::scaling_of::{hpas_of, scaled_objects_of};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "autoscalers-conflict",
    rows: &[Row::MultipleReplicas, Row::PatternStateless, Row::PatternWorker],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "Two autoscalers scale the same workload",
    why: "Each sets the number of replicas that the other has just changed: pods come and go, and capacity swings with the load.",
    verify: "kubectl get hpa,scaledobject -A",
    fix: "Keep one: KEDA can scale on cpu and memory as well as on a queue.",
    sources: &["Kubernetes documentation, horizontal pod autoscaling", "KEDA documentation, scaling deployments: one HPA per target"],
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
  maxReplicas: 5
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: api
spec:
  scaleTargetRef: {name: api} #~ autoscalers-conflict
  triggers: [{type: cron, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: \"3\"}}]
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
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let hpas = hpas_of(cx, workload).into_iter().map(Object::handle);
    let all: Vec<Handle<'_>> = hpas.chain(scaled_objects_of(cx, workload).into_iter().map(Object::handle)).collect();
    let Some(first) = all.first() else { return };
    out.assess();
    // The same object twice among the inputs (two overlays) is one object in the cluster.
    let Some(second) = all.iter().rev().find(|it| it.kind != first.kind || it.meta.name != first.meta.name) else { return };
    let message = format!("{second}: scales {workload}, as {first} does, so they undo each other's decisions");
    out.report(*second, "spec.scaleTargetRef", message).related(*first, "spec.scaleTargetRef", "the other autoscaler").related(
        workload,
        "metadata.name",
        "scaled by both",
    );
}
