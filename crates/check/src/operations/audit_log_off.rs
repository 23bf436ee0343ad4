//! The control plane must write its audit log.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Text};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "audit-log-off",
    rows: &[Row::AccessControls],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsEksCluster],
    title: "The audit log is off",
    why: "Nobody can tell who changed or read what, neither after an incident nor for an auditor.",
    verify: "aws eks describe-cluster --name CLUSTER --query cluster.logging",
    fix: "Enable the audit and authenticator log types, with a retention on their log group.",
    sources: &["Guide, Production Readiness Checklist, Operations", "EKS user guide, send control plane logs to CloudWatch Logs"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\", logging: [api]} #~ audit-log-off
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\", logging: [api, audit, authenticator]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(cluster) = cx.snapshot.account.eks_cluster.known() else { return };
    out.assess();
    let is_on = |kind: &str| cluster.logging.iter().any(|it| *it == kind);
    let on = if cluster.logging.is_empty() { "none".to_owned() } else { cluster.logging.iter().map(Text::as_str).collect::<Vec<_>>().join(", ") };
    let name = &cluster.name;
    if !is_on("audit") {
        out.report_aws("AWS EksCluster", name, format!("AWS EksCluster {name}: the audit log is off, so nobody can tell who did what"))
            .evidence(format!("log types that are on: {on}"));
    } else if !is_on("authenticator") {
        out.report_aws(
            "AWS EksCluster",
            name,
            format!("AWS EksCluster {name}: the authenticator log is off, so IAM identities cannot be matched to the audit log"),
        )
        .severity(Severity::Low)
        .evidence(format!("log types that are on: {on}"));
    }
}
