//! A consumer needs more than to receive.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use seatrial_model::account::Role;

use super::iam_roles;
use crate::patterns::queues_of::{queue_name, queue_names, role_of, workers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "sqs-policy-incomplete",
    rows: &[Row::IamLeastPrivilege, Row::PatternWorker],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServiceAccounts, Need::AwsRoles, Need::AwsPodIdentity, Need::Workloads, Need::Services, Need::Ingresses, Need::Routes, Need::ScaledObjects],
    title: "A queue consumer's role lacks actions it needs",
    why: "Without ChangeMessageVisibility a slow message is handed out twice, without DeleteMessage every message comes back until it expires.",
    verify: "aws iam list-attached-role-policies --role-name ROLE; aws iam get-role-policy --role-name ROLE --policy-name POLICY",
    fix: "Allow sqs:ReceiveMessage, DeleteMessage, ChangeMessageVisibility and GetQueueAttributes on the queue, and kms:Decrypt for a queue with a key of its own.",
    sources: &["Guide, corrections: SQS policy", "Amazon SQS developer guide, visibility timeout"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
roles:
- name: worker #~ sqs-policy-incomplete
  arn: arn:aws:iam::111122223333:role/worker
  statements:
  - {effect: Allow, actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], resources: ['arn:aws:sqs:us-east-1:111122223333:orders']}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
roles:
- name: worker
  arn: arn:aws:iam::111122223333:role/worker
  statements:
  - {effect: Allow, actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'], resources: ['arn:aws:sqs:us-east-1:111122223333:orders']}
",
    run: Run::InCluster(&[Need::AwsNodeGroups, Need::AwsQueues], &Run::Snapshot(run)),
    repair: None,
};

const NEEDED: [&str; 3] = ["sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let judged = judged_with_their_queue(cx);
    for role in iam_roles::of_pods(cx).into_iter().filter(|it| iam_roles::allows(it, "sqs:ReceiveMessage")) {
        out.assess();
        let mut lacking: Vec<&str> = NEEDED.into_iter().filter(|it| !iam_roles::allows(role, it)).collect();
        if reads_encrypted(cx, role) && !iam_roles::allows(role, "kms:Decrypt") {
            lacking.push("kms:Decrypt");
        }
        if judged.contains(role.arn.as_str()) {
            lacking.retain(|it| *it == "sqs:GetQueueAttributes");
        }
        if !lacking.is_empty() {
            let severity = if lacking == ["sqs:GetQueueAttributes"] { Severity::Low } else { Severity::Medium };
            out.report_aws(
                "AWS Role",
                &role.name,
                format!("Role {}: receives from a queue but lacks {}, so messages are handled twice or not at all", role.name, lacking.join(", ")),
            )
            .severity(severity);
        }
    }
}

/// Roles of workers whose queue is known: queue-rights-missing says on the worker what they lack to work.
fn judged_with_their_queue<'a>(cx: &'a Cx<'_>) -> BTreeSet<&'a str> {
    let known: BTreeSet<&str> = cx.snapshot.account.queues.known().into_iter().flatten().map(queue_name).collect();
    let of_known = workers(cx).into_iter().map(|it| it.0).filter(|it| queue_names(cx, it).iter().any(|it| known.contains(it.as_str())));
    of_known.filter_map(|it| role_of(cx, it)).map(|it| it.arn.as_str()).collect()
}

/// Whether one of the queues that the role receives from has a key of its own.
fn reads_encrypted(cx: &Cx<'_>, role: &Role) -> bool {
    let queues = cx.snapshot.account.queues.known().into_iter().flatten().filter(|it| it.kms_key.as_deref().is_some_and(|it| it != "alias/aws/sqs"));
    let receives = |arn: &str| {
        let mut statements = iam_roles::allowing(role).filter(|it| it.actions.iter().any(|it| iam_roles::matches(it, "sqs:ReceiveMessage")));
        statements.any(|it| it.resources.iter().any(|it| iam_roles::matches(it, arn)))
    };
    queues.into_iter().any(|it| receives(&it.arn))
}
