//! A manifest should leave the replica count to the autoscaler.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::scaling_of::autoscaler;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "replicas-set-beside-autoscaler",
    rows: &[Row::MultipleReplicas, Row::RecoveryConfig],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "The manifest fixes the count an autoscaler decides",
    why: "Each apply or sync sets the count back: under load pods are taken away just when they are needed.",
    verify: "kubectl diff -f FILE   # shows replicas when it differs",
    fix: "Take spec.replicas out of the manifest; on the first apply after that keep the running count (kubectl apply edit-last-applied).",
    sources: &["Kubernetes documentation, horizontal pod autoscaling: migrating deployments to horizontal autoscaling"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3 #~ replicas-set-beside-autoscaler
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
  minReplicas: 2
  maxReplicas: 5
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    // In a cluster the field is always there: the autoscaler writes it.
    let Some((by, min, _)) = autoscaler(&cx.graph.replicas_of(workload)).filter(|_| !cx.is_live()) else { return };
    out.assess();
    if let Some(it) = workload.replicas {
        let message = format!("{workload}: sets replicas to {it} although {by} decides, so each apply undoes the scaling");
        out.report(workload, "spec.replicas", message).related(by, min, "decides between its bounds");
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Remove { path: Path::of("spec.replicas") };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
