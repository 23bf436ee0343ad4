//! A node group must be healthy.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Text};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-group-degraded",
    rows: &[Row::NodeAutoscaling, Row::RecoveryFailure],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsNodeGroups],
    title: "EKS reports a problem with a node group",
    why: "New nodes do not start or do not join, so neither a traffic spike nor a failed node is made up for.",
    verify: "aws eks describe-nodegroup --cluster-name CLUSTER --nodegroup-name GROUP --query nodegroup.health",
    fix: "Mend what the health issue names, such as a deleted launch template, subnet or role.",
    sources: &["EKS API reference, Issue: codes of node group health"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, status: DEGRADED, healthIssues: [Ec2SubnetNotFound]} #~ node-group-degraded
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, status: ACTIVE}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for group in cx.snapshot.account.node_groups.known().into_iter().flatten() {
        out.assess();
        let failed = matches!(group.status.as_str(), "DEGRADED" | "CREATE_FAILED" | "DELETE_FAILED");
        if failed || !group.health_issues.is_empty() {
            let issues: Vec<&str> = group.health_issues.iter().map(Text::as_str).collect();
            let why = if issues.is_empty() { group.status.to_string() } else { issues.join(", ") };
            out.report_aws("AWS NodeGroup", &group.name, format!("AWS NodeGroup {}: EKS reports {why}, so lost nodes may not be replaced", group.name));
        }
    }
}
