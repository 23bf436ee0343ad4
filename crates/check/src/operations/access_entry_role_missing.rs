//! An access entry must name a role that exists.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "access-entry-role-missing",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::Low,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::AwsAccessEntries, Need::AwsRoles],
    title: "An access entry names a role that was not found",
    why: "Access that nobody can use hides who is meant to have it, and a new role of that name does not inherit it.",
    verify: "aws iam get-role --role-name ROLE",
    fix: "Delete the access entry, or make it again for the new role.",
    sources: &["EKS user guide, create access entries"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
accessEntries:
- principalArn: arn:aws:iam::111122223333:role/gone #~ access-entry-role-missing
  policies: [{policyArn: \"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy\", scope: cluster}]
roles: [{name: other, arn: \"arn:aws:iam::111122223333:role/other\"}]
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
accessEntries:
- principalArn: arn:aws:iam::111122223333:role/admin
  policies: [{policyArn: \"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy\", scope: cluster}]
roles: [{name: admin, arn: \"arn:aws:iam::111122223333:role/admin\"}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let known: BTreeSet<&str> = account.roles.known().into_iter().flatten().map(|it| it.arn.as_str()).collect();
    // Roles of other accounts cannot be looked up.
    let own: BTreeSet<&str> = known.iter().filter_map(|it| it.split(':').nth(4)).collect();
    for entry in account.access_entries.known().into_iter().flatten() {
        let arn = entry.principal_arn.as_str();
        let is_own_role = arn.contains(":role/") && !arn.contains(":role/aws-service-role/") && arn.split(':').nth(4).is_some_and(|it| own.contains(it));
        if !is_own_role {
            continue;
        }
        out.assess();
        if !known.contains(arn) {
            out.report_aws("AWS AccessEntry", arn, format!("AWS AccessEntry {arn}: no such role was found, so nobody can use the access"));
        }
    }
}
