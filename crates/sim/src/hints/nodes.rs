//! Hints about nodes that came, changed or went.

use seatrial_model::pod::Taint;
use seatrial_model::{Labels, PodSpec};

use super::Happened;
use crate::nodes::NodeFacts;
use crate::requests::{RequestOptions, pod_requests};
use crate::selectors::accepts;

/// NodeResourcesFit: the node holds the pod now, and has more of something that the pod asks for than before.
pub fn resources(spec: &PodSpec, old: Option<&NodeFacts>, new: &NodeFacts) -> bool {
    let asked = pod_requests(spec, None, &RequestOptions::default());
    let of = |it: &NodeFacts, name: &str| it.allocatable.get(name).copied().unwrap_or_default();
    let fits = of(new, "pods").value() >= 1 && asked.iter().all(|(name, amount)| amount.is_zero() || of(new, name) >= *amount);
    fits && old.is_none_or(|old| grew(spec, old, new))
}

/// Whether the node has more room for pods, or more of something that the pod asks for.
pub fn grew(spec: &PodSpec, old: &NodeFacts, new: &NodeFacts) -> bool {
    let asked = pod_requests(spec, None, &RequestOptions::default());
    let more = |name: &str| new.allocatable.get(name).copied().unwrap_or_default() > old.allocatable.get(name).copied().unwrap_or_default();
    more("pods") || asked.iter().any(|(name, amount)| !amount.is_zero() && more(name))
}

/// NodeAffinity: the node is accepted now, and was not before.
pub fn affinity(spec: &PodSpec, old: Option<&NodeFacts>, new: &NodeFacts) -> bool {
    accepts(spec, &new.name, &new.labels) && old.is_none_or(|it| !accepts(spec, &it.name, &it.labels))
}

pub(super) fn tolerates_cordon(spec: &PodSpec) -> bool {
    let cordon = Taint { key: "node.kubernetes.io/unschedulable".into(), effect: "NoSchedule".into(), ..Taint::default() };
    spec.tolerations.iter().any(|it| it.tolerates(&cordon))
}

/// NodeUnschedulable: the node is open now, and was not before.
pub fn cordon(old: Option<&NodeFacts>, new: &NodeFacts) -> bool {
    !new.unschedulable && old.is_none_or(|it| it.unschedulable)
}

/// TaintToleration: the pod tolerates the node now, and did not before.
pub fn taints(spec: &PodSpec, old: Option<&NodeFacts>, new: &NodeFacts) -> bool {
    let refused = |it: &NodeFacts| {
        it.taints.iter().any(|taint| matches!(&*taint.effect, "NoSchedule" | "NoExecute") && !spec.tolerations.iter().any(|it| it.tolerates(taint)))
    };
    !refused(new) && old.is_none_or(refused)
}

/// InterPodAffinity: the node is in another domain of a required term. A new node can always help the pod to be apart.
pub fn inter_pod(spec: &PodSpec, old: Option<&NodeFacts>, new: &NodeFacts) -> bool {
    let Some(affinity) = spec.affinity.as_deref() else { return false };
    let domain = |labels: &Labels, key: &str| labels.get(key).cloned();
    let near = affinity.pod_affinity.iter().flat_map(|it| &it.required_during_scheduling_ignored_during_execution);
    let far = affinity.pod_anti_affinity.iter().flat_map(|it| &it.required_during_scheduling_ignored_during_execution);
    let joins = |key: &str| match (old.and_then(|it| domain(&it.labels, key)), domain(&new.labels, key)) {
        (before, Some(after)) => before != Some(after),
        (_, None) => false,
    };
    let leaves = |key: &str| old.is_none_or(|it| domain(&it.labels, key).is_some_and(|before| domain(&new.labels, key) != Some(before)));
    near.into_iter().any(|it| joins(&it.topology_key)) || far.into_iter().any(|it| leaves(&it.topology_key))
}

/// PodTopologySpread: a domain of the hard constraints came, changed or went, or its taints changed.
pub fn spread(spec: &PodSpec, event: Happened<'_, NodeFacts>) -> bool {
    let keys: Vec<&str> = spec.topology_spread_constraints.iter().filter(|it| &*it.when_unsatisfiable == "DoNotSchedule").map(|it| &*it.topology_key).collect();
    let counts = |it: &NodeFacts| keys.iter().all(|key| it.labels.get(key).is_some());
    match (event.old, event.new) {
        (Some(old), Some(new)) => {
            let moved = keys.iter().any(|key| old.labels.get(key) != new.labels.get(key));
            counts(old) != counts(new) || (counts(new) && (moved || old.taints != new.taints))
        }
        (None, Some(it)) | (Some(it), None) => counts(it),
        (None, None) => false,
    }
}
