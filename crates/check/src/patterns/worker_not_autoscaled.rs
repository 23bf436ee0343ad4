//! Workers are scaled by the work that waits.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::queues_of::worker_evidence;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "worker-not-autoscaled",
    rows: &[Row::PatternWorker],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects, Need::Services, Need::Ingresses, Need::Routes],
    title: "A queue worker has a fixed number of pods",
    why: "A burst waits in the queue until the fixed number of pods gets to it, and the pods idle and cost the rest of the day.",
    verify: "kubectl get hpa,scaledobjects -A",
    fix: "Add a KEDA ScaledObject with a trigger on the queue's depth.",
    sources: &["Guide, Architecture Patterns, Pattern 3", "KEDA documentation, AWS SQS queue trigger"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: mail-worker #~ worker-not-autoscaled
spec:
  replicas: 2
  selector: {matchLabels: {app: mail-worker}}
  template:
    metadata: {labels: {app: mail-worker}}
    spec:
      containers:
      - name: app
        image: registry/mail:1.0
        env: [{name: SQS_QUEUE_URL, value: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\"}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail-worker}
spec:
  selector: {matchLabels: {app: mail-worker}}
  template:
    metadata: {labels: {app: mail-worker}}
    spec:
      containers:
      - name: app
        image: registry/mail:1.0
        env: [{name: SQS_QUEUE_URL, value: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\"}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: mail-worker}
spec:
  scaleTargetRef: {name: mail-worker}
  triggers:
  - type: aws-sqs-queue
    metadata: {queueURL: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\", queueLength: \"5\", awsRegion: us-east-1}
    authenticationRef: {name: mail-worker}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(evidence) = worker_evidence(cx, workload) else { return };
    out.assess();
    if cx.graph.scaled_objects_of(workload).is_empty() && cx.graph.hpas_of(workload).is_empty() {
        let message = format!("{workload}: takes work from a queue with a fixed number of pods, so a burst waits and idle pods cost");
        out.report(workload, "metadata.name", message).evidence(evidence);
    }
}
