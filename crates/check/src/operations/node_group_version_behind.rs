//! A node group must follow the control plane.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Version};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-group-version-behind",
    rows: &[Row::UpgradeVersions, Row::UpgradePlan],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsNodeGroups, Need::AwsEksCluster],
    title: "A node group is behind the control plane",
    why: "Its nodes miss the fixes of the newer version, and past three minor versions the next upgrade of the control plane is refused.",
    verify: "aws eks describe-nodegroup --cluster-name CLUSTER --nodegroup-name GROUP --query nodegroup.version",
    fix: "Update the node group after the control plane and the add-ons.",
    sources: &["Guide, Upgrade Strategy: order", "EKS user guide, update a managed node group"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, version: \"1.34\"} #~ node-group-version-behind
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, version: \"1.36\"}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let Some(server) = account.eks_cluster.known().and_then(|it| it.version.parse::<Version>().ok()) else { return };
    for group in account.node_groups.known().into_iter().flatten() {
        let Ok(version) = group.version.parse::<Version>() else { continue };
        out.assess();
        let minors = server.minor.saturating_sub(version.minor);
        let severity = match minors {
            0 => continue,
            1 => Severity::Low,
            2 => Severity::Medium,
            _ => Severity::High,
        };
        let plural = if minors == 1 { "" } else { "s" };
        out.report_aws(
            "AWS NodeGroup",
            &group.name,
            format!("AWS NodeGroup {}: version {version} is {minors} minor version{plural} behind the control plane's {server}", group.name),
        )
        .severity(severity);
    }
}
