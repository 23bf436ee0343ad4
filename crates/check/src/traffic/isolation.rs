//! What, besides NetworkPolicy, isolates pods; and which workloads policies govern at all.

use seatrial_model::cluster::{group_of, in_namespace};
use seatrial_model::kinds::traffic::NetworkPolicy;
use seatrial_model::{Object, Workload};

use crate::Cx;

/// Whether `by` is the namespace's default policy while another one there selects nothing: the typing error in that one's selector is the cause
/// and a finding of its own.
pub fn is_for_want_of_another(cx: &Cx<'_>, by: &Object<NetworkPolicy>) -> bool {
    let stray = |it: &&Object<NetworkPolicy>| !it.spec.pod_selector.is_empty() && cx.graph.selected_by_policy(it).is_empty();
    by.spec.pod_selector.is_empty() && in_namespace(&cx.cluster.network_policies, by.meta.ns()).iter().any(|it| stray(&it))
}

/// An object of another policy engine that may govern the namespace: Cilium's, Calico's, the cluster-wide policies, Istio's. Kept by identity only.
pub fn other_engine<'a>(cx: &Cx<'a>, ns: &str) -> Option<&'a Object<()>> {
    let own = in_namespace(&cx.cluster.others, ns).iter().find(|it| is_policy(it));
    own.or_else(|| cx.cluster.others.iter().find(|it| is_policy(it) && is_cluster_wide(&it.kind)))
}

fn is_policy(it: &Object<()>) -> bool {
    const KINDS: [&str; 11] = [
        "CiliumNetworkPolicy",
        "CiliumClusterwideNetworkPolicy",
        "GlobalNetworkPolicy",
        "StagedNetworkPolicy",
        "AdminNetworkPolicy",
        "BaselineAdminNetworkPolicy",
        "ClusterNetworkPolicy",
        "ApplicationNetworkPolicy",
        "AuthorizationPolicy",
        "SecurityGroupPolicy",
        "AntreaNetworkPolicy",
    ];
    KINDS.contains(&it.kind.as_str()) || (it.kind == "NetworkPolicy" && group_of(&it.api_version).ends_with("projectcalico.org"))
}

fn is_cluster_wide(kind: &str) -> bool {
    matches!(kind, "CiliumClusterwideNetworkPolicy" | "GlobalNetworkPolicy" | "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" | "ClusterNetworkPolicy")
}

/// Whether network policies apply to the pods: not to those on the host's network.
pub fn is_governable(workload: &Workload) -> bool {
    !workload.pod().host_network
}
