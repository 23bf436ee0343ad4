//! What cannot be processed must leave the queue.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::queues_of::{is_dead_letter_name, queue_name};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "queue-without-dead-letter",
    rows: &[Row::PatternWorker],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsQueues],
    title: "A queue has no dead-letter queue",
    why: "A message that always fails is tried for days, keeps workers busy, and then disappears without a trace.",
    verify: "aws sqs get-queue-attributes --queue-url URL --attribute-names RedrivePolicy",
    fix: "Add a dead-letter queue with a maxReceiveCount of 3 to 5, and an alarm on its depth.",
    sources: &["Amazon SQS developer guide, dead-letter queues"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
queues:
- url: https://sqs.us-east-1.amazonaws.com/111122223333/mail #~ queue-without-dead-letter
  visibilityTimeout: 720
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
queues:
- url: https://sqs.us-east-1.amazonaws.com/111122223333/mail
  deadLetterArn: arn:aws:sqs:us-east-1:111122223333:mail-failed
- url: https://sqs.us-east-1.amazonaws.com/111122223333/mail-failed
  arn: arn:aws:sqs:us-east-1:111122223333:mail-failed
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(queues) = cx.snapshot.account.queues.known() else { return };
    let dead: BTreeSet<&str> = queues.iter().filter_map(|it| it.dead_letter_arn.as_deref()).collect();
    for queue in queues {
        let name = queue_name(queue);
        if dead.contains(queue.arn.as_str()) || is_dead_letter_name(name) {
            continue;
        }
        out.assess();
        if queue.dead_letter_arn.is_none() {
            out.report_aws("AWS Queue", name, format!("AWS Queue {name}: has no dead-letter queue, so a message that always fails is tried until it expires"));
        }
    }
}
