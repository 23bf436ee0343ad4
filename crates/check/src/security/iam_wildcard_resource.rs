//! A policy should name the resources that the app uses.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::iam_roles;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "iam-wildcard-resource",
    rows: &[Row::IamLeastPrivilege],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServiceAccounts, Need::AwsRoles, Need::AwsPodIdentity],
    title: "A role of pods may change every resource",
    why: "The app's role reaches the queues, buckets and tables of every other app in the account.",
    verify: "aws iam list-attached-role-policies --role-name ROLE; aws iam get-role-policy --role-name ROLE --policy-name POLICY",
    fix: "Name the ARNs that the app uses, or limit the statement with a condition.",
    sources: &["EKS best practices guide, identity and access management: least privilege", "IAM user guide, policy elements: Resource"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
roles:
- name: worker #~ iam-wildcard-resource
  arn: arn:aws:iam::111122223333:role/worker
  statements:
  - {effect: Allow, actions: ['sqs:SendMessage'], resources: ['*']}
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
        for statement in iam_roles::allowing(role).filter(|it| !it.is_conditioned() && it.resources.iter().any(|it| it == "*" || is_whole_service(it))) {
            let by_aws = statement.policy.as_deref().is_some_and(|it| it.contains(":aws:policy/"));
            let changing: Vec<&str> = statement.actions.iter().map(|it| it.as_str()).filter(|it| changes(it)).collect();
            // A wildcard among the actions is the worse finding and has it already.
            if by_aws || changing.is_empty() || changing.iter().any(|it| it.ends_with('*')) {
                continue;
            }
            out.report_aws(
                "AWS Role",
                &role.name,
                format!("Role {}: allows {} on every resource, so its pods reach what belongs to other apps", role.name, changing.join(", ")),
            )
            .evidence(iam_roles::name(statement));
        }
    }
}

/// `arn:aws:sqs:*:*:*` and the like.
fn is_whole_service(arn: &str) -> bool {
    arn.splitn(6, ':').nth(5) == Some("*")
}

/// Reading lists and descriptions often knows no narrower resource; data and secrets do.
fn changes(action: &str) -> bool {
    let verb = action.split_once(':').map_or(action, |it| it.1);
    let harmless = [
        "Describe",
        "List",
        "GetAuthorizationToken",
        "GetCallerIdentity",
        "GetMetric",
        "PutMetricData",
        "PutTraceSegments",
        "PutTelemetryRecords",
        "GetSampling",
    ];
    !harmless.iter().any(|it| verb.starts_with(it)) && action != "xray:GetTraceSummaries"
}
