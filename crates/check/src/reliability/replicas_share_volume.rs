//! Replicas must not share a volume that one node at a time can have.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::volumes_of::single_node_claim;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "replicas-share-volume",
    rows: &[Row::MultipleReplicas, Row::PatternStateful],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims, Need::HorizontalPodAutoscalers, Need::ScaledObjects, Need::StorageClasses],
    title: "Replicas share a ReadWriteOnce volume",
    why: "An EBS volume is attached to one node: replicas on other nodes wait for it for ever, and those on the same node write over each other.",
    verify: "kubectl describe pod POD | grep -A 2 Multi-Attach",
    fix: "Use a StatefulSet with volumeClaimTemplates, one volume a pod, or shared storage (EFS) with ReadWriteMany.",
    sources: &["Kubernetes documentation, persistent volumes: access modes", "Guide, Architecture Patterns, Pattern 2"],
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
      volumes:
      - name: data #~ replicas-share-volume
        persistentVolumeClaim: {claimName: data}
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10Gi}}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 1
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      volumes:
      - name: data
        persistentVolumeClaim: {claimName: data}
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10Gi}}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if !workload.is_scalable() {
        return;
    }
    let Some((claim, path)) = single_node_claim(cx, workload) else { return };
    out.assess();
    let replicas = cx.graph.replicas_of(workload);
    if replicas.max > 1 {
        let message = format!("{workload}: up to {} pods share {claim}, which one node at a time can mount, so the others never start", replicas.max);
        out.report(workload, path, message).related(claim, "spec.accessModes", "one node at a time");
    }
}
