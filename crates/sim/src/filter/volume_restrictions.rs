//! VolumeRestrictions: in-tree disks that only one pod may mount, and claims for one pod only.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go.

use seatrial_model::PodSpec;
use seatrial_model::pod::Volume;

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    if cycle.volumes.exclusive_disks && disk_in_use(state, cycle, node) {
        return Some(Status::resolvable(Plugin::VolumeRestrictions, "node(s) had no available disk"));
    }
    let taken = cycle.volumes.single_pod_claims.iter().any(|it| state.storage.claims[it.index()].users > 0);
    taken.then(|| {
        Status::resolvable(
            Plugin::VolumeRestrictions,
            "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod",
        )
    })
}

/// Whether a volume is of a kind that conflicts.
pub(crate) fn is_exclusive(volume: &Volume) -> bool {
    volume.gce_persistent_disk.is_some() || volume.aws_elastic_block_store.is_some() || volume.rbd.is_some() || volume.iscsi.is_some()
}

fn disk_in_use(state: &State, cycle: &Cycle, node: NodeId) -> bool {
    let spec = &state.pods.classes[cycle.class.index()].spec;
    let mine = || spec.volumes.iter().filter(|it| is_exclusive(it));
    state.nodes.pods[node.index()].iter().any(|pod| mine().any(|volume| conflicts(volume, &state.pods.class_of(*pod).spec)))
}

fn conflicts(volume: &Volume, other: &PodSpec) -> bool {
    other.volumes.iter().any(|it| same_disk(volume, it))
}

pub(crate) fn same_disk(a: &Volume, b: &Volume) -> bool {
    let gce = both(&a.gce_persistent_disk, &b.gce_persistent_disk, |a, b| a.pd_name == b.pd_name && !(a.read_only && b.read_only));
    let ebs = both(&a.aws_elastic_block_store, &b.aws_elastic_block_store, |a, b| a.volume_id == b.volume_id);
    let iscsi = both(&a.iscsi, &b.iscsi, |a, b| a.iqn == b.iqn && !(a.read_only && b.read_only));
    let rbd = both(&a.rbd, &b.rbd, |a, b| {
        let shared = a.monitors.iter().any(|it| b.monitors.contains(it));
        shared && a.pool == b.pool && a.image == b.image && !(a.read_only && b.read_only)
    });
    gce || ebs || iscsi || rbd
}

fn both<T>(a: &Option<T>, b: &Option<T>, same: impl Fn(&T, &T) -> bool) -> bool {
    matches!((a, b), (Some(a), Some(b)) if same(a, b))
}
