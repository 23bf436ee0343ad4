//! Access must be granted by access entries.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "access-by-config-map",
    rows: &[Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsEksCluster],
    title: "Access is granted by the aws-auth ConfigMap alone",
    why: "One bad edit of that ConfigMap locks everybody out, and who has access is seen by no AWS tool.",
    verify: "aws eks describe-cluster --name CLUSTER --query cluster.accessConfig",
    fix: "Switch the authentication mode to API_AND_CONFIG_MAP, make access entries, then switch to API.",
    sources: &["EKS user guide, change authentication mode to use access entries"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\", authenticationMode: CONFIG_MAP} #~ access-by-config-map
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\", authenticationMode: API}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(cluster) = cx.snapshot.account.eks_cluster.known() else { return };
    let Some(mode) = cluster.authentication_mode.as_deref() else { return };
    out.assess();
    if mode == "CONFIG_MAP" {
        out.report_aws(
            "AWS EksCluster",
            &cluster.name,
            format!("AWS EksCluster {}: access is granted by the aws-auth ConfigMap alone, and one bad edit locks everybody out", cluster.name),
        );
    }
}
