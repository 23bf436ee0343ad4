//! Claims that a workload's replicas share.

use seatrial_model::kinds::storage::PersistentVolumeClaim;
use seatrial_model::{Object, Path, Workload};

use crate::Cx;

/// The claim in the pod template that one node at a time can have, with the path of its volume.
pub(super) fn single_node_claim<'a>(cx: &Cx<'a>, workload: &Object<Workload>) -> Option<(&'a Object<PersistentVolumeClaim>, Path)> {
    workload.pod().volumes.iter().enumerate().find_map(|(at, volume)| {
        let source = volume.persistent_volume_claim.as_ref()?;
        let claim = cx.graph.named(workload, &cx.cluster.persistent_volume_claims, &source.claim_name)?;
        let modes = &claim.spec.access_modes;
        let single = !modes.is_empty() && modes.iter().all(|it| it == "ReadWriteOnce" || it == "ReadWriteOncePod");
        (single && !is_network_file_system(cx, claim)).then(|| (claim, workload.pod_path().key("volumes").index(at)))
    })
}

/// EFS mounts everywhere, whatever mode the claim names.
fn is_network_file_system(cx: &Cx<'_>, claim: &PersistentVolumeClaim) -> bool {
    let class = claim.spec.storage_class_name.as_deref().unwrap_or("");
    cx.cluster.storage_classes.iter().any(|it| it.meta.name == class && it.provisioner.contains("efs"))
}
