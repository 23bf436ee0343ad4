//! An autoscaler needs room between its bounds.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::scaling_of::is_made_by_keda;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "autoscaler-cannot-scale",
    rows: &[Row::MultipleReplicas, Row::PatternStateless],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "The autoscaler's minimum equals its maximum",
    why: "It looks like autoscaling and is a fixed number of pods: a spike of traffic is not met.",
    verify: "kubectl get hpa -A",
    fix: "Raise maxReplicas above minReplicas, or delete the autoscaler and set spec.replicas.",
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
    name: api
  minReplicas: 3
  maxReplicas: 3 #~ autoscaler-cannot-scale
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
  maxReplicas: 6
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let hpas = cx.cluster.horizontal_pod_autoscalers.iter().filter(|it| !is_made_by_keda(it));
    let hpas = hpas.map(|it| (it.handle(), it.min(), it.spec.max_replicas, "spec.maxReplicas"));
    let scaled = cx.cluster.scaled_objects.iter().filter(|it| it.kind == "ScaledObject");
    let scaled = scaled.map(|it| (it.handle(), it.min(), it.max(), "spec.maxReplicaCount"));
    for (by, min, max, path) in hpas.chain(scaled).filter(|it| !cx.is_platform(it.0.meta.ns())) {
        out.assess();
        // A maximum below the minimum is refused; one pod for ever is the single replica's finding.
        if min == max && max > 1 {
            out.report(by, path, format!("{by}: its minimum and its maximum are both {max} pods, so it scales nothing"));
        }
    }
}
