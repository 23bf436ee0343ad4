//! The API server must not answer the whole internet.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cluster-endpoint-public",
    rows: &[Row::PrivateSubnets, Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsEksCluster],
    title: "The API server answers the whole internet",
    why: "Stolen credentials work from anywhere, and a weakness of the API server is open to everybody the day it is published.",
    verify: "aws eks describe-cluster --name CLUSTER --query cluster.resourcesVpcConfig",
    fix: "Turn the private endpoint on and limit publicAccessCidrs to the networks that need it.",
    sources: &["EKS user guide, cluster API server endpoint", "EKS best practices guide, security, cluster services"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\", endpointPublicAccess: true, publicAccessCidrs: [0.0.0.0/0]} #~ cluster-endpoint-public
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\", endpointPublicAccess: true, endpointPrivateAccess: true, publicAccessCidrs: [203.0.113.0/24]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(cluster) = cx.snapshot.account.eks_cluster.known() else { return };
    out.assess();
    let cidrs = &cluster.public_access_cidrs;
    let world = cidrs.is_empty() || cidrs.iter().any(|it| *it == "0.0.0.0/0" || *it == "::/0");
    if cluster.endpoint_public_access && world {
        out.report_aws(
            "AWS EksCluster",
            &cluster.name,
            format!("AWS EksCluster {}: its API server answers every address, so stolen credentials work from anywhere", cluster.name),
        )
        .evidence(format!("private endpoint: {}", if cluster.endpoint_private_access { "on" } else { "off" }));
    }
}
