//! VolumeBinding: bound volumes must be usable on the node, and unbound claims must find or get a volume there.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/volumebinding/binder.go, component-helpers/storage/volume/pv_helpers.go.

use seatrial_model::Text;

use super::{Plugin, Status, Words};
use crate::cycle::{BoundVolume, Cycle, VolumeNeeds};
use crate::ids::{ClaimId, NodeId};
use crate::state::State;
use crate::storage::{Claim, Storage, Volume};

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    let (needs, mut reasons) = (&cycle.volumes, Words::new());
    let (matches, exist) = bound_claims(state, needs, node);
    if !matches {
        reasons.push("node(s) didn't match PersistentVolume's node affinity".into());
    }
    if !needs.waiting.is_empty() && find(state, &needs.waiting, node).is_none() {
        reasons.push("node(s) didn't find available persistent volumes to bind".into());
    }
    if !exist {
        reasons.push("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)".into());
    }
    (!reasons.is_empty()).then_some(Status { plugin: Plugin::VolumeBinding, resolvable: false, reasons })
}

pub(crate) fn passes(state: &State, cycle: &Cycle, node: NodeId) -> bool {
    let needs = &cycle.volumes;
    bound_claims(state, needs, node) == (true, true) && (needs.waiting.is_empty() || needs.made_anywhere || find(state, &needs.waiting, node).is_some())
}

/// Whether the volumes match the node, and whether they exist; the first that does not decides.
fn bound_claims(state: &State, needs: &VolumeNeeds, node: NodeId) -> (bool, bool) {
    for volume in &needs.bound {
        match volume {
            BoundVolume::Missing => return (true, false),
            BoundVolume::Somewhere(affinity) if !state.statics.affinities[affinity.index()].ok[node.index()] => return (false, true),
            BoundVolume::Somewhere(_) | BoundVolume::Anywhere => {}
        }
    }
    (true, true)
}

fn usable(state: &State, volume: &Volume, node: NodeId) -> bool {
    volume.affinity.is_none_or(|it| state.statics.affinities[it.index()].ok[node.index()])
}

/// What each waiting claim gets on the node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    /// An existing volume.
    Volume(ClaimId, Text),
    /// A volume that its class makes.
    Provisioned(ClaimId),
}

/// A volume for every waiting claim, smallest claims first; `None` where one gets none.
pub(crate) fn find(state: &State, claims: &[ClaimId], node: NodeId) -> Option<Vec<Found>> {
    let storage = &state.storage;
    let mut by_size: Vec<ClaimId> = claims.to_vec();
    by_size.sort_by_key(|it| storage.claims[it.index()].asked());
    let mut chosen: Vec<&Text> = Vec::new();
    let mut found = Vec::new();
    for id in by_size {
        let claim = &storage.claims[id.index()];
        if let Some(selected) = &claim.selected_node {
            if *selected != state.nodes.name[node.index()] {
                return None;
            }
        } else if let Some(volume) = existing(state, claim, node, &chosen) {
            chosen.push(&volume.name);
            found.push(Found::Volume(id, volume.name.clone()));
            continue;
        }
        if !can_provision(state, claim, node) {
            return None;
        }
        found.push(Found::Provisioned(id));
    }
    Some(found)
}

/// The volume bound to the claim beforehand, or the smallest that satisfies it.
fn existing<'a>(state: &'a State, claim: &Claim, node: NodeId, chosen: &[&Text]) -> Option<&'a Volume> {
    let mut best: Option<&Volume> = None;
    for volume in state.storage.volumes_for(claim).filter(|it| !chosen.contains(&&it.name)) {
        let reserved = volume.object.spec.claim_ref.as_ref();
        let mine = reserved.is_some_and(|it| it.namespace == claim.namespace && it.name == claim.name);
        if !big_enough(volume, claim) || mode(&volume.object.spec.volume_mode) != mode(&claim.spec.volume_mode) || volume.deleting {
            continue;
        }
        if mine {
            return usable(state, volume, node).then_some(volume);
        }
        if satisfies(volume, claim) && usable(state, volume, node) && best.is_none_or(|it| size(volume) < size(it)) {
            best = Some(volume);
        }
    }
    best
}

fn size(volume: &Volume) -> seatrial_model::Quantity {
    volume.object.spec.capacity.get("storage").copied().unwrap_or_default()
}

fn big_enough(volume: &Volume, claim: &Claim) -> bool {
    size(volume) >= claim.asked()
}

fn mode(it: &Option<Text>) -> &str {
    it.as_deref().unwrap_or("Filesystem")
}

fn satisfies(volume: &Volume, claim: &Claim) -> bool {
    let spec = &volume.object.spec;
    volume.object.status.phase.as_deref() == Some("Available")
        && claim.spec.selector.as_ref().is_none_or(|it| it.matches(&volume.labels))
        && spec.storage_class_name.clone().filter(|it| !it.is_empty()) == claim.class
        && claim.spec.access_modes.iter().all(|it| spec.access_modes.contains(it))
}

/// Whether every waiting claim gets a new volume, whatever the node: no volume could be its own, and its class makes volumes everywhere.
pub(crate) fn made_anywhere(storage: &Storage, claims: &[ClaimId]) -> bool {
    claims.iter().all(|id| {
        let claim = &storage.claims[id.index()];
        let class = claim.class.as_ref().and_then(|it| storage.classes.get(it));
        let everywhere = class.is_some_and(|it| Storage::provisions(it) && it.allowed_topologies.is_empty());
        claim.selected_node.is_none() && everywhere && storage.volumes_for(claim).next().is_none()
    })
}

fn can_provision(state: &State, claim: &Claim, node: NodeId) -> bool {
    let Some(class) = claim.class.as_ref().and_then(|it| state.storage.classes.get(it)) else { return false };
    let labels = &state.nodes.labels[node.index()];
    let topology = class.allowed_topologies.is_empty()
        || class.allowed_topologies.iter().any(|term| {
            let all = &term.match_label_expressions;
            !all.is_empty() && all.iter().all(|it| labels.get(&it.key).is_some_and(|value| it.values.contains(value)))
        });
    Storage::provisions(class) && topology
}
