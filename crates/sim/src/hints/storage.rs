//! Hints about claims, volumes, classes and what CSI drivers say of nodes.

use seatrial_model::kinds::storage::{CsiNode, StorageClass};
use seatrial_model::{Labels, Meta, PodSpec};

use crate::storage::ZONE_LABELS;

/// VolumeRestrictions, VolumeBinding and VolumeZone: a claim came or changed, and the pod uses it.
pub fn claim(namespace: &str, spec: &PodSpec, claim: &Meta) -> bool {
    claim.ns() == namespace && spec.volumes.iter().any(|it| it.persistent_volume_claim.as_ref().is_some_and(|it| it.claim_name == claim.name))
}

/// VolumeZone: a volume came, or its zone changed.
pub fn volume(old: Option<&Labels>, new: &Labels) -> bool {
    old.is_none_or(|old| ZONE_LABELS.iter().any(|key| old.get(key) != new.get(key)))
}

/// VolumeZone: a class came whose volumes wait for their first pod.
pub fn class(new: &StorageClass) -> bool {
    new.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer")
}

/// NodeVolumeLimits: a driver can attach more to the node than before.
pub fn limits(old: &CsiNode, new: &CsiNode) -> bool {
    let count = |it: &CsiNode, name: &str| it.spec.drivers.iter().find(|it| &*it.name == name).and_then(|it| it.allocatable.as_ref()?.count);
    new.spec.drivers.iter().any(|it| match (count(old, &it.name), count(new, &it.name)) {
        (Some(before), Some(after)) => after > before,
        // Without a limit there is room for anything.
        (Some(_), None) => true,
        (None, _) => false,
    })
}

/// VolumeBinding: a node's CSI drivers came, or those that serve in-tree volumes changed.
pub fn migrated(old: Option<&Meta>, new: &Meta) -> bool {
    const KEY: &str = "storage.alpha.kubernetes.io/migrated-plugins";
    old.is_none_or(|old| old.annotation(KEY) != new.annotation(KEY))
}
