//! NodeVolumeLimits: a CSI driver attaches only so many volumes to a node.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::{DriverId, NodeId, VolumeId};
use crate::state::State;

pub(crate) fn fails(state: &State, cycle: &Cycle, node: NodeId) -> bool {
    let limits = &state.nodes.limits[node.index()];
    let wanted = &cycle.volumes.counted;
    !wanted.is_empty() && limits.iter().any(|(driver, limit)| exceeds(state, wanted, node, *driver, *limit))
}

fn exceeds(state: &State, wanted: &[VolumeId], node: NodeId, driver: DriverId, limit: i64) -> bool {
    let used = state.nodes.volumes_of[node.index()].iter().find(|it| it.0 == driver).map_or(0, |it| it.1 as usize);
    let attached = &state.nodes.attached[node.index()];
    // Most nodes are far from their limit: then nothing has to be looked up.
    if (used + attached.len() + wanted.len()) as i64 <= limit {
        return false;
    }
    let held = &state.nodes.volumes[node.index()];
    let of_driver = |it: &VolumeId| state.storage.driver_of[it.index()] == driver;
    let is_held = |it: &VolumeId| held.binary_search_by_key(it, |entry| entry.0).is_ok();
    let new = wanted.iter().filter(|it| of_driver(it) && !is_held(it)).count();
    if new == 0 {
        return false;
    }
    // A volume that is attached and that no pod holds counts once more, even if it is the one wanted.
    let attached = attached.iter().filter(|it| of_driver(it) && !is_held(it)).count();
    (used + attached + new) as i64 > limit
}

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    fails(state, cycle, node).then(|| Status::resolvable(Plugin::NodeVolumeLimits, "node(s) exceed max volume count"))
}
