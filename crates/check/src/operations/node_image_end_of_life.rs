//! Nodes must run an image that still gets fixes.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::{by_group, named, names, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-image-end-of-life",
    rows: &[Row::UpgradeVersions, Row::UpgradePlan],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Nodes],
    title: "Nodes run Amazon Linux 2",
    why: "EKS publishes no more Amazon Linux 2 images: kernel and kubelet stay unpatched, and there is none for Kubernetes 1.33 and later.",
    verify: "kubectl get nodes -o wide   # OS-IMAGE",
    fix: "Move the node groups to Amazon Linux 2023 or Bottlerocket.",
    sources: &["EKS user guide, Amazon Linux 2 to Amazon Linux 2023"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: a
  labels: {eks.amazonaws.com/nodegroup: general}
status:
  nodeInfo: {kubeletVersion: v1.32.9-eks-1, osImage: Amazon Linux 2} #~ node-image-end-of-life
",
    good: "
apiVersion: v1
kind: Node
metadata:
  name: a
  labels: {eks.amazonaws.com/nodegroup: general}
status:
  nodeInfo: {kubeletVersion: v1.32.9-eks-1, osImage: Amazon Linux 2023.6.20250203}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut old = Vec::new();
    for node in servers(cx) {
        let Some(image) = node.status.node_info.os_image.as_deref() else { continue };
        out.assess();
        if image.trim() == "Amazon Linux 2" {
            old.push(node);
        }
    }
    for (group, nodes) in by_group(old.into_iter()) {
        out.report(nodes[0], "status.nodeInfo.osImage", format!("{}: Amazon Linux 2, for which EKS publishes no fixed images any more", named(group, &nodes)))
            .evidence(names(&nodes));
    }
}
