//! A StatefulSet's update must reach all of its pods.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "statefulset-partition-left",
    rows: &[Row::PatternStateful],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "A partition keeps pods on the old version",
    why: "Pods below the partition keep the old version, its faults and holes included, and come back with it after each restart.",
    verify: "kubectl get statefulset NAME -o jsonpath={.spec.updateStrategy.rollingUpdate.partition}",
    fix: "Set the partition to 0 once the canary has proved itself.",
    sources: &["Kubernetes documentation, StatefulSets: partitioned rolling updates"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: api
spec:
  replicas: 3
  serviceName: api
  updateStrategy:
    rollingUpdate:
      partition: 3 #~ statefulset-partition-left
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: api
spec:
  replicas: 3
  serviceName: api
  updateStrategy: {rollingUpdate: {partition: 0}}
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if workload.workload_kind != WorkloadKind::StatefulSet || workload.strategy() != "RollingUpdate" {
        return;
    }
    out.assess();
    let partition = workload.rollout.partition.unwrap_or(0);
    let pods = cx.graph.replicas_of(workload).max;
    if partition > 0 {
        let all = partition >= pods;
        let which = if all { "no pod".to_owned() } else { format!("only {} of {pods} pods", pods - partition) };
        let message = format!("{workload}: with partition {partition} an update reaches {which}, and the rest keeps the old version");
        out.report(workload, "spec.updateStrategy.rollingUpdate.partition", message).severity(if all { Severity::Medium } else { Severity::Low });
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Set { path: found.path.clone(), yaml: "0".to_owned() };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
