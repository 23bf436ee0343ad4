//! Karpenter must not ask for public addresses.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-class-public-address",
    rows: &[Row::PrivateSubnets],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ec2NodeClasses],
    title: "Karpenter gives nodes public addresses",
    why: "Every node that it makes can be reached from the internet as soon as a security group allows it.",
    verify: "kubectl get ec2nodeclasses -o yaml | grep associatePublicIPAddress",
    fix: "Remove associatePublicIPAddress and select private subnets.",
    sources: &["Karpenter documentation, NodeClasses: spec.associatePublicIPAddress"],
    bad: "
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: node
  associatePublicIPAddress: true #~ node-class-public-address
",
    good: "
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  role: node
  associatePublicIPAddress: false
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for class in &cx.cluster.ec2_node_classes {
        out.assess();
        if class.spec.associate_public_ip == Some(true) {
            out.report(class, "spec.associatePublicIPAddress", format!("{class}: every node gets a public address"));
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "false".to_owned() } }]
}
