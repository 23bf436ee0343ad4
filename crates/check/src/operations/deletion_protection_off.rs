//! The cluster must not be deletable by one call.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "deletion-protection-off",
    rows: &[Row::RecoveryConfig],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsEksCluster],
    title: "The cluster can be deleted by one call",
    why: "A wrong terminal or a stale pipeline deletes the control plane and every object in it.",
    verify: "aws eks describe-cluster --name CLUSTER --query cluster.deletionProtection",
    fix: "Turn deletion protection on.",
    sources: &["EKS user guide, protect clusters from accidental deletion"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\", deletionProtection: false} #~ deletion-protection-off
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\", deletionProtection: true}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(cluster) = cx.snapshot.account.eks_cluster.known() else { return };
    let Some(is_protected) = cluster.deletion_protection else { return };
    out.assess();
    if !is_protected {
        out.report_aws(
            "AWS EksCluster",
            &cluster.name,
            format!("AWS EksCluster {}: deletion protection is off, so one mistaken call deletes it", cluster.name),
        );
    }
}
