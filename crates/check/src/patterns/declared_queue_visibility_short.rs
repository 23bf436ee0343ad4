//! A queue that the manifests declare hides messages for as long as they are worked on.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::queues_of::{declared_name, workers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "declared-queue-visibility-short",
    rows: &[Row::PatternWorker],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::AckQueues, Need::Services, Need::Ingresses, Need::Routes, Need::ScaledObjects],
    title: "A declared queue shows messages again too early",
    why: "SQS hands the message to a second worker before the first is done: work is done twice.",
    verify: "kubectl get queues.sqs.services.k8s.aws NAME -o jsonpath='{.spec.visibilityTimeout}'",
    fix: "Set spec.visibilityTimeout to six times the processing time, and to more than the worker's termination grace period.",
    sources: &["Guide, Architecture Patterns, Pattern 3", "Amazon SQS developer guide, visibility timeout"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: mail-worker}
spec:
  selector: {matchLabels: {app: mail-worker}}
  template:
    metadata: {labels: {app: mail-worker}}
    spec:
      terminationGracePeriodSeconds: 120
      containers:
      - name: app
        image: registry/mail:1.0
        env: [{name: SQS_QUEUE_URL, value: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\"}]
---
apiVersion: sqs.services.k8s.aws/v1alpha1
kind: Queue
metadata: {name: mail}
spec:
  queueName: mail
  visibilityTimeout: \"30\" #~ declared-queue-visibility-short
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
      terminationGracePeriodSeconds: 120
      containers:
      - name: app
        image: registry/mail:1.0
        env: [{name: SQS_QUEUE_URL, value: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\"}]
---
apiVersion: sqs.services.k8s.aws/v1alpha1
kind: Queue
metadata: {name: mail}
spec: {queueName: mail, visibilityTimeout: \"720\"}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// What SQS takes where nothing is given.
const DEFAULT_SECONDS: i64 = 30;

fn run(cx: &Cx<'_>, out: &mut Findings) {
    if cx.cluster.ack_queues.is_empty() {
        return;
    }
    for (workload, name) in workers(cx) {
        let Some(queue) = cx.cluster.ack_queues.iter().find(|it| declared_name(it) == name) else { continue };
        out.assess();
        let hidden = queue.spec.visibility_timeout.as_deref().map_or(Some(DEFAULT_SECONDS), |it| it.parse().ok());
        let grace = workload.pod().grace_seconds();
        if let Some(hidden) = hidden.filter(|it| *it < grace) {
            let message = format!("{queue}: shows a message again after {hidden} s, while {workload} may work on it for {grace} s");
            out.report(queue, "spec.visibilityTimeout", message).related(
                workload,
                workload.pod_path().key("terminationGracePeriodSeconds"),
                "how long a stopping pod goes on",
            );
        }
    }
}
