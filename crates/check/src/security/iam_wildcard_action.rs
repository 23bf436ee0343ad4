//! A policy should name the actions that the app uses.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::iam_roles;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "iam-wildcard-action",
    rows: &[Row::IamLeastPrivilege],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServiceAccounts, Need::AwsRoles, Need::AwsPodIdentity],
    title: "A role of pods allows every action",
    why: "What the app never does, an intruder may: delete the data, change permissions, start machines.",
    verify: "aws iam list-attached-role-policies --role-name ROLE; aws iam get-role-policy --role-name ROLE --policy-name POLICY",
    fix: "Name the actions that the app calls; IAM Access Analyzer lists those it used.",
    sources: &["EKS best practices guide, identity and access management: least privilege", "IAM user guide, policy elements: Action"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
roles:
- name: worker #~ iam-wildcard-action
  arn: arn:aws:iam::111122223333:role/worker
  statements:
  - {effect: Allow, actions: ['s3:*'], resources: ['arn:aws:s3:::shop/*']}
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
    run: Run::InCluster(&[Need::AwsNodeGroups], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for role in iam_roles::of_pods(cx) {
        out.assess();
        for statement in iam_roles::allowing(role) {
            // What AWS itself wrote is judged by its name.
            if statement.policy.as_deref().is_some_and(|it| it.contains(":aws:policy/")) {
                continue;
            }
            let broad: Vec<&str> = statement.actions.iter().map(|it| it.as_str()).filter(|it| *it == "*" || it.ends_with(":*")).collect();
            let fact = match (broad.is_empty(), statement.not_actions.is_empty()) {
                (false, _) if statement.resources.iter().any(|it| *it == "*") => format!("allows {} on every resource", broad.join(", ")),
                (false, _) => format!("allows {}", broad.join(", ")),
                (true, false) => "allows everything but a few actions".to_owned(),
                (true, true) => continue,
            };
            let draft =
                out.report_aws("AWS Role", &role.name, format!("Role {}: {fact}, so an intruder in its pods can do what the app never does", role.name));
            draft.evidence(iam_roles::name(statement));
            let one_service = !broad.contains(&"*") && statement.not_actions.is_empty();
            draft.severity(if one_service { Severity::Medium } else { Severity::High });
        }
    }
}
