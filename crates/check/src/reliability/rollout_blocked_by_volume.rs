//! A rollout must free the volume before the new pod wants it.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Path, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use super::placement::HOSTNAME;
use super::rollouts::steps;
use super::volumes_of::single_node_claim;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rollout-blocked-by-volume",
    rows: &[Row::PatternStateful, Row::PatternStateless],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims, Need::HorizontalPodAutoscalers, Need::ScaledObjects, Need::StorageClasses],
    title: "A rollout waits for a volume that the old pod holds",
    why: "The new pod starts on another node while the old one still has the volume: it waits for the volume, the old one waits for it, and the rollout hangs.",
    verify: "kubectl describe pod POD | grep -A 2 Multi-Attach",
    fix: "Use a StatefulSet, or strategy type Recreate.",
    sources: &["Kubernetes documentation, persistent volumes: access modes", "Kubernetes documentation, Deployments: rolling update"],
    bad: "
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
      - name: data #~ rollout-blocked-by-volume
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
  strategy: {type: Recreate}
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
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    // Several replicas on one volume cannot even start: another check's matter.
    if workload.workload_kind != WorkloadKind::Deployment || cx.graph.replicas_of(workload).max != 1 {
        return;
    }
    let Some((claim, path)) = single_node_claim(cx, workload) else { return };
    out.assess();
    let waits = steps(workload, 1).is_some_and(|it| it.surge > 0 && it.unavailable == 0);
    if waits && !is_bound_to_node(workload) {
        let message = format!("{workload}: a rollout starts the new pod while the old one holds {claim}, so on another node it waits for ever");
        out.report(workload, path, message).related(claim, "spec.accessModes", "one node at a time");
    }
}

fn is_bound_to_node(workload: &Workload) -> bool {
    workload.pod().node_name.is_some() || workload.pod().node_selector.contains(HOSTNAME)
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let remove = Change::Remove { path: Path::of("spec.strategy.rollingUpdate") };
    let set = Change::Set { path: Path::of("spec.strategy.type"), yaml: "Recreate".to_owned() };
    [remove, set].into_iter().map(|change| Edit { origin, change }).collect()
}
