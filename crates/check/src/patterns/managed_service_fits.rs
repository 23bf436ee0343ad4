//! A single database server is often better bought than run.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::data_stores::data_store;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "managed-service-fits",
    rows: &[Row::PatternStateful],
    severity: Severity::Low,
    confidence: Confidence::Low,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "A single-replica database could be a managed service",
    why: "One server in one zone has no failover; a managed service brings a standby, backups and patches.",
    verify: "kubectl get statefulsets -A",
    fix: "Compare with the managed service, unless a version, an extension or the price decides against it.",
    sources: &["Guide, When to Use EKS vs Managed Service"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db #~ managed-service-fits
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: \"postgres:17\"}]}
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 3
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: \"postgres:17\"}]}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(store) = workload.pod().containers.iter().find_map(data_store) else { return };
    if !workload.is_scalable() {
        return;
    }
    out.assess();
    if cx.graph.replicas_of(workload).max < 2 {
        let message = format!("{workload}: is the only {} server, so it has no failover; {} would bring one", store.name, store.managed);
        out.report(workload, "metadata.name", message);
    }
}
