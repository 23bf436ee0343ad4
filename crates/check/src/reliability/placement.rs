//! Where a workload's pods may stand beside each other.

use seatrial_model::kinds::nodes::Node;
use seatrial_model::pod::{PodAffinity, PodAffinityTerm};
use seatrial_model::{Object, Path, Workload};

use crate::Cx;

pub(super) const ZONE: &str = "topology.kubernetes.io/zone";
pub(super) const HOSTNAME: &str = "kubernetes.io/hostname";
const OLD_ZONE: &str = "failure-domain.beta.kubernetes.io/zone";

/// Whether `key` is that of zones, in its old or its new form.
pub(super) fn is_zone(key: &str) -> bool {
    key == ZONE || key == OLD_ZONE
}

/// Topology keys that the workload spreads its pods over, hard or soft.
pub(super) fn spread_keys(workload: &Workload) -> Vec<&str> {
    let constraints = workload.pod().topology_spread_constraints.iter().map(|it| it.topology_key.as_str());
    constraints.chain(anti_affinity(workload).iter().map(|it| it.0.topology_key.as_str())).collect()
}

/// Every anti-affinity term with its path, required ones first.
pub(super) fn anti_affinity(workload: &Workload) -> Vec<(&PodAffinityTerm, Path, bool)> {
    let Some(it) = anti_affinity_block(workload) else { return Vec::new() };
    let at = workload.pod_path().join("affinity.podAntiAffinity");
    let required = it.required_during_scheduling_ignored_during_execution.iter().enumerate();
    let preferred = it.preferred_during_scheduling_ignored_during_execution.iter().enumerate();
    let hard = at.key("requiredDuringSchedulingIgnoredDuringExecution");
    let soft = at.key("preferredDuringSchedulingIgnoredDuringExecution");
    let required = required.map(|(n, term)| (term, hard.index(n), true));
    required.chain(preferred.map(|(n, it)| (&it.pod_affinity_term, soft.index(n).key("podAffinityTerm"), false))).collect()
}

/// The required term that keeps pods of this workload out of each other's domain of `is_key`.
///
/// A term that names the revision's hash separates the pods of one revision only.
pub(super) fn keeps_apart(workload: &Workload, is_key: impl Fn(&str) -> bool) -> Option<Path> {
    let own = |it: &PodAffinityTerm| it.label_selector.as_ref().is_some_and(|it| it.matches(workload.pod_labels()));
    let terms = anti_affinity(workload);
    terms.into_iter().find(|(it, _, hard)| *hard && is_key(&it.topology_key) && own(it) && it.mismatch_label_keys.is_empty()).map(|it| it.1)
}

/// Whether the term counts only pods of one revision.
pub(super) fn is_per_revision(workload: &Workload, path: &Path) -> bool {
    anti_affinity(workload).iter().any(|(it, at, _)| at == path && it.match_label_keys.iter().any(|it| it == "pod-template-hash"))
}

fn anti_affinity_block(workload: &Workload) -> Option<&PodAffinity> {
    workload.pod().affinity.as_ref()?.pod_anti_affinity.as_ref()
}

/// Nodes that the workload's pods could be put on, were they empty.
pub(super) fn usable_nodes<'a>(cx: &Cx<'a>, workload: &Workload) -> Vec<&'a Object<Node>> {
    cx.cluster.nodes.iter().filter(|it| !it.spec.unschedulable && is_tolerated(workload, it) && is_chosen(workload, it)).collect()
}

fn is_tolerated(workload: &Workload, node: &Node) -> bool {
    let hard = node.spec.taints.iter().filter(|it| it.effect != "PreferNoSchedule");
    hard.into_iter().all(|taint| workload.pod().tolerations.iter().any(|it| it.tolerates(taint)))
}

fn is_chosen(workload: &Workload, node: &Object<Node>) -> bool {
    let labels = &node.meta.labels;
    let by_labels = workload.pod().node_selector.iter().all(|(k, v)| labels.get(k) == Some(v));
    let affinity = workload.pod().affinity.as_ref().and_then(|it| it.node_affinity.as_ref());
    let terms = affinity.and_then(|it| it.required_during_scheduling_ignored_during_execution.as_ref());
    by_labels && terms.is_none_or(|it| it.node_selector_terms.iter().any(|it| it.matches(&node.meta.name, labels)))
}
