//! Few roles may be cluster administrators.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::account::AccessEntry;

pub static CHECK: Check = Check {
    id: "access-entry-admin-broad",
    rows: &[Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsAccessEntries],
    title: "Cluster administrator is given too broadly",
    why: "Each of these identities can read every secret and delete every object, and so can whoever steals one.",
    verify: "aws eks list-access-entries --cluster-name CLUSTER; aws eks list-associated-access-policies",
    fix: "Keep administrator to one or two roles that people assume, and give teams view or edit in their namespaces.",
    sources: &["EKS user guide, associate access policies with access entries", "EKS best practices guide, security, IAM"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
accessEntries:
- principalArn: arn:aws:iam::111122223333:user/kim #~ access-entry-admin-broad
  policies: [{policyArn: \"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy\", scope: cluster}]
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
accessEntries:
- principalArn: arn:aws:iam::111122223333:role/platform-admin
  policies: [{policyArn: \"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy\", scope: cluster}]
",
    run: Run::Snapshot(run),
    repair: None,
};

/// So many administrators are a habit rather than an exception.
const MANY: usize = 4;

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let entries = cx.snapshot.account.access_entries.known().map_or(&[][..], Vec::as_slice);
    let admins: Vec<&AccessEntry> = entries.iter().filter(|it| is_admin(it)).collect();
    entries.iter().for_each(|_| out.assess());
    for it in &admins {
        let arn = &it.principal_arn;
        let what = if arn.ends_with(":root") {
            "the account's root"
        } else if arn.contains(":user/") {
            "an IAM user with long-lived keys"
        } else {
            continue;
        };
        out.report_aws("AWS AccessEntry", arn, format!("AWS AccessEntry {arn}: {what} is cluster administrator"));
    }
    if let Some(first) = admins.first().filter(|_| admins.len() >= MANY) {
        let all: Vec<&str> = admins.iter().map(|it| it.principal_arn.as_str()).collect();
        out.report_aws(
            "AWS AccessEntry",
            &first.principal_arn,
            format!("AWS AccessEntry {} and {} others: all of them are cluster administrators", first.principal_arn, admins.len() - 1),
        )
        .evidence(format!("administrators: {}", all.join(", ")));
    }
}

fn is_admin(entry: &AccessEntry) -> bool {
    let by_policy = entry.policies.iter().any(|it| it.scope == "cluster" && it.policy_arn.ends_with("/AmazonEKSClusterAdminPolicy"));
    by_policy || entry.groups.iter().any(|it| *it == "system:masters")
}
