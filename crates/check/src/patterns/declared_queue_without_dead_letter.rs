//! What cannot be processed must leave a queue that the manifests declare.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::queues_of::{declared_name, is_dead_letter_name};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "declared-queue-without-dead-letter",
    rows: &[Row::PatternWorker],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AckQueues],
    title: "A declared queue has no dead-letter queue",
    why: "A message that always fails is tried for days, keeps workers busy, and then disappears without a trace.",
    verify: "kubectl get queues.sqs.services.k8s.aws NAME -o jsonpath='{.spec.redrivePolicy}'",
    fix: "Declare a second queue and name it in spec.redrivePolicy with a maxReceiveCount of 3 to 5.",
    sources: &["Amazon SQS developer guide, dead-letter queues", "ACK documentation, SQS Queue"],
    bad: "
apiVersion: sqs.services.k8s.aws/v1alpha1
kind: Queue
metadata: {name: mail}
spec: #~ declared-queue-without-dead-letter
  queueName: mail
",
    good: "
apiVersion: sqs.services.k8s.aws/v1alpha1
kind: Queue
metadata: {name: mail}
spec:
  queueName: mail
  redrivePolicy: '{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:111122223333:mail-dlq\",\"maxReceiveCount\":5}'
---
apiVersion: sqs.services.k8s.aws/v1alpha1
kind: Queue
metadata: {name: mail-dlq}
spec: {queueName: mail-dlq}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let policies: Vec<&str> = cx.cluster.ack_queues.iter().filter_map(|it| it.spec.redrive_policy.as_deref()).collect();
    for queue in &cx.cluster.ack_queues {
        let name = declared_name(queue);
        let is_target = policies.iter().any(|it| it.contains(&format!(":{name}\"")));
        if is_target || is_dead_letter_name(name) {
            continue;
        }
        out.assess();
        if queue.spec.redrive_policy.as_deref().is_none_or(str::is_empty) {
            out.report(queue, "spec.redrivePolicy", format!("{queue}: has no dead-letter queue, so a message that always fails is tried until it expires"));
        }
    }
}
