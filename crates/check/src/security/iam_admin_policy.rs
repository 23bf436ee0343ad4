//! Pods must not have an administrator's policy.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::iam_roles;
use super::identities::short;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "iam-admin-policy",
    rows: &[Row::IamLeastPrivilege],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServiceAccounts, Need::AwsRoles, Need::AwsPodIdentity],
    title: "Pods run with an administrator's policy",
    why: "Whoever breaks into one of these pods owns the account, not only the app.",
    verify: "aws iam list-attached-role-policies --role-name ROLE; aws iam get-role-policy --role-name ROLE --policy-name POLICY",
    fix: "Attach a policy that names the actions and resources that the app uses.",
    sources: &["EKS best practices guide, identity and access management: least privilege", "Guide, Production Readiness Checklist, Security"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
roles:
- name: worker #~ iam-admin-policy
  arn: arn:aws:iam::111122223333:role/worker
  statements:
  - {effect: Allow, actions: ['s3:GetObject'], resources: ['arn:aws:s3:::shop/*']}
  managedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess']
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
        let policies = role.managed_policies.iter().map(|it| short(it)).filter(|it| is_broad(it));
        for policy in policies {
            let admin = matches!(policy, "AdministratorAccess" | "PowerUserAccess" | "IAMFullAccess");
            let reach = if admin { "own the account" } else { "read, change and delete everything of that service" };
            out.report_aws("AWS Role", &role.name, format!("Role {}: has the policy {policy}, so its pods can {reach}", role.name)).severity(if admin {
                Severity::High
            } else {
                Severity::Medium
            });
        }
    }
}

fn is_broad(policy: &str) -> bool {
    matches!(policy, "AdministratorAccess" | "PowerUserAccess") || policy.ends_with("FullAccess") || policy.ends_with("FullAccess_v2")
}
