//! VolumeZone: volumes labelled with a zone or region are used only there.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/volumezone/volume_zone.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;
use crate::storage::ZONE_LABELS;

pub(crate) fn fails(state: &State, cycle: &Cycle, node: NodeId) -> bool {
    let zones = &cycle.volumes.zones;
    if zones.is_empty() {
        return false;
    }
    let labels = &state.nodes.labels[node.index()];
    if !ZONE_LABELS.iter().any(|it| labels.contains(it)) {
        return false;
    }
    zones.iter().any(|(key, values)| {
        let value = labels.get(key).or_else(|| labels.get(current(key)));
        value.is_none_or(|it| !values.contains(it))
    })
}

/// The present spelling of an older label.
fn current(key: &str) -> &str {
    match key {
        "failure-domain.beta.kubernetes.io/zone" => "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region" => "topology.kubernetes.io/region",
        other => other,
    }
}

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    fails(state, cycle, node).then(|| Status::unresolvable(Plugin::VolumeZone, "node(s) had no available volume zone"))
}
