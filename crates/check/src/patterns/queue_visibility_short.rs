//! A message stays hidden for as long as it is worked on.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::queues_of::{queue_name, workers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "queue-visibility-short",
    rows: &[Row::PatternWorker],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::AwsQueues, Need::Services, Need::Ingresses, Need::Routes, Need::ScaledObjects],
    title: "A queue shows messages again while they are worked on",
    why: "SQS hands the message to a second worker before the first is done: work is done twice.",
    verify: "aws sqs get-queue-attributes --queue-url URL --attribute-names VisibilityTimeout",
    fix: "Set the visibility timeout to six times the processing time, and to more than the worker's termination grace period.",
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
apiVersion: seatrial.dev/v1alpha1
kind: Account
queues:
- url: https://sqs.us-east-1.amazonaws.com/111122223333/mail
  visibilityTimeout: 30 #~ queue-visibility-short
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
apiVersion: seatrial.dev/v1alpha1
kind: Account
queues: [{url: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\", visibilityTimeout: 720}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(queues) = cx.snapshot.account.queues.known() else { return };
    for (workload, name) in workers(cx) {
        let Some(queue) = queues.iter().find(|it| queue_name(it) == name) else { continue };
        out.assess();
        let grace = workload.pod().grace_seconds();
        if queue.visibility_timeout < grace {
            let message =
                format!("AWS Queue {name}: shows a message again after {} s, while {workload} may work on it for {grace} s", queue.visibility_timeout);
            out.report_aws("AWS Queue", &name, message).related(
                workload,
                workload.pod_path().key("terminationGracePeriodSeconds"),
                "how long a stopping pod goes on",
            );
        }
    }
}
