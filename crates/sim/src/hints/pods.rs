//! Hints about pods that came, changed or went.

use seatrial_model::pod::PodAffinityTerm;
use seatrial_model::{PodSpec, ResourceList};

use super::{Happened, Seen, looks_at};
use crate::ports::{HostPort, UsedPorts};
use crate::requests::{RequestOptions, pod_requests};

fn requests(spec: &PodSpec) -> ResourceList {
    pod_requests(spec, None, &RequestOptions::default())
}

/// NodeResourcesFit: a pod that held room went, or one asks for less of what is short.
pub fn resources(pod: &Seen<'_>, event: Happened<'_, Seen<'_>>) -> bool {
    let (Some(old), new) = (event.old, event.new) else { return false };
    let Some(new) = new else { return old.holds() };
    let own = new.uid == pod.uid;
    if !own && !new.holds() {
        return false;
    }
    let (wanted, before, after) = (requests(pod.spec), requests(old.spec), requests(new.spec));
    let shrank = |name: &str| after.get(name).copied().unwrap_or_default() < before.get(name).copied().unwrap_or_default();
    wanted.iter().any(|(name, amount)| !amount.is_zero() && shrank(name))
}

/// NodePorts: a pod that held one of the ports went.
pub fn ports(pod: &Seen<'_>, gone: &Seen<'_>) -> bool {
    if !gone.holds() {
        return false;
    }
    let mut used = UsedPorts::default();
    used.take(&HostPort::of(gone.spec));
    used.conflicts(&HostPort::of(pod.spec))
}

fn terms(spec: &PodSpec, anti: bool) -> &[PodAffinityTerm] {
    let Some(affinity) = spec.affinity.as_deref() else { return &[] };
    match anti {
        true => affinity.pod_anti_affinity.as_ref().map_or(&[], |it| &it.required_during_scheduling_ignored_during_execution),
        false => affinity.pod_affinity.as_ref().map_or(&[], |it| &it.required_during_scheduling_ignored_during_execution),
    }
}

fn matches(term: &PodAffinityTerm, owner: &str, other: &Seen<'_>) -> bool {
    looks_at(term, owner, other.namespace) && term.label_selector.as_ref().is_some_and(|it| it.matches(other.labels))
}

fn matches_all(terms: &[PodAffinityTerm], owner: &str, other: &Seen<'_>) -> bool {
    !terms.is_empty() && terms.iter().all(|it| matches(it, owner, other))
}

/// InterPodAffinity: a pod that is wanted came, or one that repels, or is repelled, went.
pub fn affinity(pod: &Seen<'_>, event: Happened<'_, Seen<'_>>) -> bool {
    // The pod's own labels changed.
    if event.new.is_some_and(|it| it.uid == pod.uid) && event.old.is_some() {
        return true;
    }
    if event.new.is_some_and(|it| !it.placed) || (event.new.is_none() && event.old.is_some_and(|it| !it.holds())) {
        return false;
    }
    let (near, far) = (terms(pod.spec, false), terms(pod.spec, true));
    match (event.old, event.new) {
        (None, Some(new)) => matches_all(near, pod.namespace, new),
        (Some(old), Some(new)) => {
            let came_to_match = !matches_all(near, pod.namespace, old) && matches_all(near, pod.namespace, new);
            let ceased_to = matches_all(far, pod.namespace, old) && !matches_all(far, pod.namespace, new);
            came_to_match || ceased_to
        }
        (Some(old), None) => matches_all(far, pod.namespace, old) || matches_all(terms(old.spec, true), old.namespace, pod),
        (None, None) => false,
    }
}

/// PodTopologySpread: a pod that a hard constraint counts came, went or changed sides; or the pod itself changed.
pub fn spread(pod: &Seen<'_>, event: Happened<'_, Seen<'_>>) -> bool {
    let hard = || pod.spec.topology_spread_constraints.iter().filter(|it| &*it.when_unsatisfiable == "DoNotSchedule");
    let counts =
        |it: &Seen<'_>, at: &seatrial_model::pod::TopologySpreadConstraint| at.label_selector.as_ref().is_some_and(|selector| selector.matches(it.labels));
    if let (Some(old), Some(new)) = (event.old, event.new)
        && new.uid == pod.uid
    {
        let honors = hard().any(|it| it.node_taints_policy.as_deref() == Some("Honor"));
        return (honors && old.spec.tolerations != new.spec.tolerations) || hard().any(|it| counts(old, it) != counts(new, it));
    }
    let subject = event.new.or(event.old);
    if subject.is_none_or(|it| it.namespace != pod.namespace) {
        return false;
    }
    match (event.old, event.new) {
        (Some(old), Some(new)) => new.placed && hard().any(|it| counts(old, it) != counts(new, it)),
        (None, Some(new)) => new.placed && hard().any(|it| counts(new, it)),
        (Some(old), None) => old.holds() && hard().any(|it| counts(old, it)),
        (None, None) => false,
    }
}

/// NodeUnschedulable and TaintToleration: the pod itself got tolerations. `cordon`: it is the cordon that is to be tolerated.
pub fn tolerations(pod: &Seen<'_>, new: &Seen<'_>, cordon: bool) -> bool {
    new.uid == pod.uid && (!cordon || super::nodes::tolerates_cordon(new.spec))
}

/// VolumeRestrictions: a pod went that used the same exclusive disk, or the same claim.
pub fn disks(pod: &Seen<'_>, gone: &Seen<'_>) -> bool {
    let claim = |it: &seatrial_model::pod::Volume| it.persistent_volume_claim.as_ref().map(|it| it.claim_name.clone());
    let shared = pod.namespace == gone.namespace
        && pod.spec.volumes.iter().filter_map(claim).any(|it| gone.spec.volumes.iter().filter_map(claim).any(|other| other == it));
    let clash = |mine: &seatrial_model::pod::Volume| gone.spec.volumes.iter().any(|theirs| crate::filter::volume_restrictions::same_disk(mine, theirs));
    shared || pod.spec.volumes.iter().any(clash)
}

/// NodeVolumeLimits: a placed pod with volumes that limits count went.
pub fn attached(gone: &Seen<'_>) -> bool {
    gone.placed && gone.spec.volumes.iter().any(|it| it.persistent_volume_claim.is_some() || it.ephemeral.is_some() || it.aws_elastic_block_store.is_some())
}
