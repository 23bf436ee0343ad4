//! Kubelets must keep up with the control plane.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Version};
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::{group_of, named, names};
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::kinds::nodes::Node;

pub static CHECK: Check = Check {
    id: "kubelet-skew",
    rows: &[Row::UpgradeVersions, Row::UpgradePlan],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Nodes, Need::ServerVersion],
    title: "Kubelets are behind the control plane",
    why: "Nodes miss the fixes that the control plane has, and past three minor versions the next upgrade is refused.",
    verify: "kubectl get nodes; kubectl version",
    fix: "Roll the node groups to an AMI of the control plane's version.",
    sources: &["Kubernetes documentation, version skew policy: kubelet", "EKS user guide, update an existing cluster"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
serverVersion: \"1.36\"
---
apiVersion: v1
kind: Node
metadata:
  name: a
  labels: {eks.amazonaws.com/nodegroup: general}
status:
  nodeInfo: {kubeletVersion: v1.33.4-eks-1} #~ kubelet-skew
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
serverVersion: \"1.36\"
---
apiVersion: v1
kind: Node
metadata:
  name: a
  labels: {eks.amazonaws.com/nodegroup: general}
status:
  nodeInfo: {kubeletVersion: v1.36.1-eks-1}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(server) = cx.snapshot.meta.server_version else { return };
    let mut behind: BTreeMap<(Version, &str), Vec<&Object<Node>>> = BTreeMap::new();
    for node in &cx.cluster.nodes {
        let Ok(kubelet) = node.status.node_info.kubelet_version.parse::<Version>() else { continue };
        out.assess();
        // A managed group whose own version is behind is a finding of its own.
        if kubelet != server && !is_reported(cx, node, server) {
            behind.entry((kubelet, group_of(node).unwrap_or(""))).or_default().push(node);
        }
    }
    for ((kubelet, group), nodes) in behind {
        let who = named(group, &nodes);
        let minors = i32::from(server.minor) - i32::from(kubelet.minor);
        let (severity, text) = match minors {
            ..=-1 => (Severity::Error, format!("{who}: kubelet {kubelet} is newer than the control plane's {server}, which is not supported")),
            1 => (Severity::Low, format!("{who}: kubelet {kubelet} is one minor version behind the control plane's {server}")),
            2 => (Severity::Medium, format!("{who}: kubelet {kubelet} is two minor versions behind the control plane's {server}")),
            3 => (
                Severity::High,
                format!("{who}: kubelet {kubelet} is three minor versions behind the control plane's {server}, so its next upgrade breaks the skew policy"),
            ),
            _ => (Severity::Error, format!("{who}: kubelet {kubelet} is {minors} minor versions behind the control plane's {server}, which is not supported")),
        };
        out.report(nodes[0], "status.nodeInfo.kubeletVersion", text).severity(severity).evidence(names(&nodes));
    }
}

/// Whether node-group-version-behind, which compares with what EKS says of the cluster, has what it needs to say it.
fn is_reported(cx: &Cx<'_>, node: &Object<Node>, server: Version) -> bool {
    let groups = cx.snapshot.account.node_groups.known().filter(|_| cx.snapshot.account.eks_cluster.known().is_some());
    let group = node.meta.label("eks.amazonaws.com/nodegroup").and_then(|name| groups?.iter().find(|it| it.name == name));
    group.is_some_and(|it| it.version.parse::<Version>().is_ok_and(|version| version < server))
}
