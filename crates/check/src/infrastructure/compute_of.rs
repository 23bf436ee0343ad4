//! What several cards ask of the cluster's compute as a whole.

use std::collections::BTreeMap;

use seatrial_model::kinds::nodes::{self, Node};
use seatrial_model::{Object, Workload};

use crate::{Cx, Draft, Findings};

pub(crate) const ZONE: &str = "topology.kubernetes.io/zone";

/// The node group or node pool a node belongs to.
pub(crate) fn group_of(node: &Object<Node>) -> Option<&str> {
    Some(nodes::group_of(&node.meta.labels)).filter(|it| !it.is_empty())
}

/// Nodes by the group they belong to; nodes of no group share the empty name.
pub(crate) fn by_group<'a>(nodes: impl Iterator<Item = &'a Object<Node>>) -> BTreeMap<&'a str, Vec<&'a Object<Node>>> {
    let mut groups: BTreeMap<&str, Vec<&Object<Node>>> = BTreeMap::new();
    for node in nodes {
        groups.entry(group_of(node).unwrap_or("")).or_default().push(node);
    }
    groups
}

/// `Node a`, or `Nodes of group general (3 nodes)`: the subject of a sentence about nodes with one cause.
pub(crate) fn named(group: &str, nodes: &[&Object<Node>]) -> String {
    match (group, nodes) {
        (_, [node]) => format!("Node {}", node.meta.name),
        ("", _) => format!("{} nodes", nodes.len()),
        _ => format!("{} nodes of group {group}", nodes.len()),
    }
}

/// The first names of a list of nodes, as evidence.
pub(crate) fn names(nodes: &[&Object<Node>]) -> String {
    let shown: Vec<&str> = nodes.iter().take(5).map(|it| it.meta.name.as_str()).collect();
    let more = if nodes.len() > 5 { format!(" and {} more", nodes.len() - 5) } else { String::new() };
    format!("nodes: {}{more}", shown.join(", "))
}

/// Fargate's nodes are one pod each and nobody's to manage.
pub(crate) fn is_fargate(node: &Object<Node>) -> bool {
    node.meta.label("eks.amazonaws.com/compute-type") == Some("fargate")
}

/// Nodes other than Fargate's.
pub(crate) fn servers<'a>(cx: &Cx<'a>) -> impl Iterator<Item = &'a Object<Node>> {
    cx.cluster.nodes.iter().filter(|it| !is_fargate(it))
}

/// Whether EKS Auto Mode provides nodes and the core add-ons.
pub(crate) fn is_auto_mode(cx: &Cx<'_>) -> bool {
    cx.snapshot.account.eks_cluster.known().is_some_and(|it| it.auto_mode)
        || cx.cluster.nodes.iter().any(|it| it.meta.label("eks.amazonaws.com/compute-type") == Some("auto"))
}

/// Whether Karpenter provides nodes: its pools, or nodes that came from one.
pub(crate) fn has_karpenter(cx: &Cx<'_>) -> bool {
    !cx.cluster.node_pools.is_empty() || cx.cluster.nodes.iter().any(|it| it.meta.labels.contains("karpenter.sh/nodepool"))
}

/// Whether Karpenter's controller runs: where its pools were not read, there may be some.
pub(crate) fn runs_karpenter(cx: &Cx<'_>) -> bool {
    let is_its = |image: &str| image.split('@').next().is_some_and(|it| it.contains("karpenter"));
    cx.cluster.workloads.iter().any(|workload| workload.pod().containers.iter().any(|it| is_its(&it.image)))
}

/// A workload one of whose images has a repository that ends in one of `names`; the platform's own are looked at, too.
pub(crate) fn running<'a>(cx: &Cx<'a>, names: &[&str]) -> Option<&'a Object<Workload>> {
    cx.cluster.workloads.iter().find(|workload| workload.pod().containers.iter().any(|it| names.contains(&repository(&it.image))))
}

/// The last part of an image's repository: `registry/team/api:1.0` -> `api`.
pub(crate) fn repository(image: &str) -> &str {
    let path = image.split('@').next().unwrap_or(image);
    let last = path.rsplit('/').next().unwrap_or(path);
    last.split(':').next().unwrap_or(last)
}

/// A finding on the cluster itself, by the name that EKS knows it by where the account was read.
pub(crate) fn report_on_cluster<'f>(cx: &Cx<'_>, out: &'f mut Findings, message: &str) -> &'f mut Draft {
    let name = cx.snapshot.account.eks_cluster.known().map_or("cluster", |it| it.name.as_str());
    out.report_aws("AWS EksCluster", name, message)
}
