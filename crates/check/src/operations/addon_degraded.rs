//! Every EKS add-on must be healthy.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Text};
use seatrial_report::{Confidence, Severity};

use crate::observability::monitoring_of::ADDON;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "addon-degraded",
    rows: &[Row::UpgradeVersions],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsAddons],
    title: "An EKS add-on is not healthy",
    why: "Network, DNS or volumes fail for some pods, and the next upgrade cannot update the add-on.",
    verify: "aws eks describe-addon --cluster-name CLUSTER --addon-name ADDON --query addon",
    fix: "Mend what the health issue names, then update the add-on.",
    sources: &["EKS API reference, Addon: status and health"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
addons:
- {name: coredns, status: DEGRADED, healthIssues: [InsufficientNumberOfReplicas]} #~ addon-degraded
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
addons:
- {name: coredns, status: ACTIVE}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    // CloudWatch's add-on is a finding of its own.
    for addon in cx.snapshot.account.addons.known().into_iter().flatten().filter(|it| it.name != ADDON) {
        out.assess();
        let failed = matches!(addon.status.as_str(), "DEGRADED" | "CREATE_FAILED" | "UPDATE_FAILED" | "DELETE_FAILED");
        if failed || !addon.health_issues.is_empty() {
            let issues: Vec<&str> = addon.health_issues.iter().map(Text::as_str).collect();
            let found = out.report_aws(
                "AWS Addon",
                &addon.name,
                format!("AWS Addon {}: it is {}, so what it provides may be missing for some pods", addon.name, addon.status),
            );
            if !issues.is_empty() {
                found.evidence(format!("health issues: {}", issues.join(", ")));
            }
        }
    }
}
