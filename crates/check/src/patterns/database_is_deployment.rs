//! The pattern for databases is a StatefulSet.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use super::data_stores::data_store;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "database-is-deployment",
    rows: &[Row::PatternStateful],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A database with a volume runs as a Deployment",
    why: "A rollout starts the new pod while the old one still holds the volume: on another node it hangs, on the same node two servers share one data folder.",
    verify: "kubectl get deployments,statefulsets",
    fix: "Make it a StatefulSet with volumeClaimTemplates and a headless Service, or at least use strategy Recreate.",
    sources: &["Guide, Architecture Patterns, Pattern 2"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: db #~ database-is-deployment
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: \"postgres:17\", volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: db}}]
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: \"postgres:17\", volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 1Gi}}}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(store) = workload.pod().containers.iter().find_map(data_store) else { return };
    if !workload.is_stateful() || !workload.is_long_running() {
        return;
    }
    out.assess();
    // With Recreate the old pod lets go of the volume first: what remains is taste.
    if workload.workload_kind == WorkloadKind::Deployment && workload.strategy() != "Recreate" {
        let message = format!("{workload}: runs {} on a claim with rolling updates, so two pods want the volume during each rollout", store.name);
        out.report(workload, "metadata.name", message);
    }
}
