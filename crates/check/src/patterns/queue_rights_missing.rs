//! A worker's role must be allowed what working on a queue takes.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::queues_of::{allows, queue_name, queue_names, role_of, worker_evidence};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "queue-rights-missing",
    rows: &[Row::PatternWorker],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[
        Need::Workloads,
        Need::ServiceAccounts,
        Need::ScaledObjects,
        Need::AwsQueues,
        Need::AwsRoles,
        Need::AwsPodIdentity,
        Need::Services,
        Need::Ingresses,
        Need::Routes,
    ],
    title: "A queue worker's role lacks rights on its queue",
    why: "Without kms:Decrypt no message can be read; without sqs:ChangeMessageVisibility a long job cannot keep its message and is done twice.",
    verify: "aws iam get-role-policy --role-name ROLE --policy-name POLICY",
    fix: "Allow sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes and sqs:ChangeMessageVisibility on the queue, and kms:Decrypt on its key.",
    sources: &["Guide, Architecture Patterns, Pattern 3", "Amazon SQS developer guide, encryption at rest, key permissions"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: mail-worker #~ queue-rights-missing
spec:
  selector: {matchLabels: {app: mail-worker}}
  template:
    metadata: {labels: {app: mail-worker}}
    spec:
      serviceAccountName: mail
      containers:
      - name: app
        image: registry/mail:1.0
        env: [{name: SQS_QUEUE_URL, value: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\"}]
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations: [{namespace: default, serviceAccount: mail, roleArn: \"arn:aws:iam::111122223333:role/mail\"}]
roles:
- name: mail
  arn: arn:aws:iam::111122223333:role/mail
  statements: [{effect: Allow, actions: [\"sqs:ReceiveMessage\", \"sqs:DeleteMessage\", \"sqs:GetQueueAttributes\"], resources: [\"*\"]}]
queues: [{url: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\", visibilityTimeout: 720, kmsKey: \"arn:aws:kms:us-east-1:111122223333:key/1\"}]
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
      serviceAccountName: mail
      containers:
      - name: app
        image: registry/mail:1.0
        env: [{name: SQS_QUEUE_URL, value: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\"}]
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations: [{namespace: default, serviceAccount: mail, roleArn: \"arn:aws:iam::111122223333:role/mail\"}]
roles:
- name: mail
  arn: arn:aws:iam::111122223333:role/mail
  statements: [{effect: Allow, actions: [\"sqs:*\", \"kms:Decrypt\"], resources: [\"arn:aws:sqs:us-east-1:111122223333:mail\"]}]
queues: [{url: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\", visibilityTimeout: 720, kmsKey: \"arn:aws:kms:us-east-1:111122223333:key/1\"}]
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let (Some(_), Some(queues)) = (worker_evidence(cx, workload), cx.snapshot.account.queues.known()) else { return };
    // A worker without a role is another check's finding.
    let Some(role) = role_of(cx, workload) else { return };
    for name in queue_names(cx, workload) {
        let Some(queue) = queues.iter().find(|it| queue_name(it) == name) else { continue };
        out.assess();
        // AWS' own key needs no right; nor does a queue that SQS encrypts itself.
        let own_key = queue.kms_key.as_deref().is_some_and(|it| !it.is_empty() && it != "alias/aws/sqs");
        if own_key && !allows(role, "kms:Decrypt") {
            let message = format!("{workload}: its role {} may not use the key of queue {name}, so no message can be read", role.name);
            out.report(workload, "metadata.name", message).severity(Severity::High);
        }
        let missing: Vec<&str> = ["sqs:ReceiveMessage", "sqs:DeleteMessage"].into_iter().filter(|it| !allows(role, it)).collect();
        if !missing.is_empty() {
            let message = format!("{workload}: its role {} lacks {} on queue {name}, so it cannot work", role.name, missing.join(" and "));
            out.report(workload, "metadata.name", message).severity(Severity::High);
        }
        if !allows(role, "sqs:ChangeMessageVisibility") {
            let message =
                format!("{workload}: its role {} lacks sqs:ChangeMessageVisibility, so a long job loses queue {name}'s message to a second worker", role.name);
            out.report(workload, "metadata.name", message).severity(Severity::Medium);
        }
    }
}
