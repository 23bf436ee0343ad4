//! A burst of messages must not start a hundred pods.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "scaler-without-ceiling",
    rows: &[Row::PatternWorker, Row::CostCompute],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ScaledObjects],
    title: "A KEDA scaler has no upper limit of its own",
    why: "KEDA's default is 100 pods: a poisoned queue fills the cluster and exhausts the database's connections.",
    verify: "kubectl get scaledobjects -A -o custom-columns=NAME:.metadata.name,MAX:.spec.maxReplicaCount",
    fix: "Set maxReplicaCount to what the cluster and the systems behind the worker bear.",
    sources: &["KEDA documentation, ScaledObject specification"],
    bad: "
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: mail}
spec: #~ scaler-without-ceiling
  scaleTargetRef: {name: mail}
  triggers: [{type: rabbitmq, metadata: {queueName: mail}}]
",
    good: "
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: mail}
spec:
  scaleTargetRef: {name: mail}
  maxReplicaCount: 10
  triggers: [{type: rabbitmq, metadata: {queueName: mail}}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.cluster.scaled_objects.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        out.assess();
        if it.spec.max_replica_count.is_none() {
            out.report(it, "spec.maxReplicaCount", format!("{it}: sets no maxReplicaCount, so a long queue starts up to 100 pods"));
        }
    }
}
