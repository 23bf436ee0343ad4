//! All kubelets must run one minor version.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Version};
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::{group_of, named, names};
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::kinds::nodes::Node;

pub static CHECK: Check = Check {
    id: "kubelets-differ",
    rows: &[Row::UpgradeVersions],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Nodes],
    title: "Nodes run different Kubernetes versions",
    why: "An upgrade was left half done: the older nodes miss fixes, and pods behave differently from node to node.",
    verify: "kubectl get nodes",
    fix: "Finish rolling the node groups to one version.",
    sources: &["Kubernetes documentation, version skew policy: kubelet"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: a
  labels: {eks.amazonaws.com/nodegroup: general}
status:
  nodeInfo: {kubeletVersion: v1.34.4-eks-1} #~ kubelets-differ
---
apiVersion: v1
kind: Node
metadata:
  name: b
  labels: {eks.amazonaws.com/nodegroup: general}
status:
  nodeInfo: {kubeletVersion: v1.36.1-eks-1}
",
    good: "
apiVersion: v1
kind: Node
metadata:
  name: a
  labels: {eks.amazonaws.com/nodegroup: general}
status:
  nodeInfo: {kubeletVersion: v1.36.1-eks-1}
---
apiVersion: v1
kind: Node
metadata:
  name: b
  labels: {eks.amazonaws.com/nodegroup: general}
status:
  nodeInfo: {kubeletVersion: v1.36.2-eks-1}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    // With the server's version known, each kubelet is held against that.
    if cx.snapshot.meta.server_version.is_some() {
        return;
    }
    let mut versions: BTreeMap<Version, Vec<&Object<Node>>> = BTreeMap::new();
    for node in &cx.cluster.nodes {
        if let Ok(kubelet) = node.status.node_info.kubelet_version.parse() {
            versions.entry(kubelet).or_default().push(node);
        }
    }
    // No kubelet may be newer than the API server, so the newest is a lower bound of its version.
    let Some((newest, _)) = versions.pop_last() else { return };
    out.assess();
    for (version, nodes) in versions {
        let group = group_of(nodes[0]).unwrap_or("");
        let minors = newest.minor.saturating_sub(version.minor);
        let severity = if minors == 1 { Severity::Low } else { Severity::Medium };
        out.report(
            nodes[0],
            "status.nodeInfo.kubeletVersion",
            format!("{}: kubelet {version} while others run {newest}, an upgrade left half done", named(group, &nodes)),
        )
        .severity(severity)
        .evidence(names(&nodes));
    }
}
