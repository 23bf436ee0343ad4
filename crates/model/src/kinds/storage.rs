//! Volumes, their classes and their snapshots.

use jiff::Timestamp;

use crate::pod::{ClaimSpec, NodeSelector, ResourceList, lean};
use crate::text::{Labels, Text};
use crate::workload::Condition;

lean! {
/// `storage.k8s.io/v1.StorageClass`.
pub struct StorageClass {
    pub provisioner: Text,
    pub parameters: Labels,
    pub reclaim_policy: Option<Text>,
    pub volume_binding_mode: Option<Text>,
    pub allow_volume_expansion: Option<bool>,
    pub allowed_topologies: Vec<TopologyTerm>,
}
pub struct TopologyTerm {
    pub match_label_expressions: Vec<TopologyRequirement>,
}
pub struct TopologyRequirement {
    pub key: Text,
    pub values: Vec<Text>,
}

/// `v1.PersistentVolume`.
pub struct PersistentVolume {
    pub spec: PvSpec,
    pub status: Phase,
}
pub struct PvSpec {
    pub capacity: ResourceList,
    pub access_modes: Vec<Text>,
    pub storage_class_name: Option<Text>,
    pub persistent_volume_reclaim_policy: Option<Text>,
    pub claim_ref: Option<ClaimRef>,
    pub csi: Option<PvCsi>,
    pub node_affinity: Option<VolumeNodeAffinity>,
    pub aws_elastic_block_store: Option<crate::pod::AwsElasticBlockStore>,
    pub volume_mode: Option<Text>,
}
pub struct ClaimRef {
    pub namespace: Text,
    pub name: Text,
    pub uid: Option<Text>,
}
pub struct PvCsi {
    pub driver: Text,
    pub volume_handle: Text,
    pub volume_attributes: Labels,
}
pub struct VolumeNodeAffinity {
    pub required: Option<NodeSelector>,
}
pub struct Phase {
    pub phase: Option<Text>,
}

/// `v1.PersistentVolumeClaim`.
pub struct PersistentVolumeClaim {
    pub spec: ClaimSpec,
    pub status: ClaimStatus,
}
pub struct ClaimStatus {
    pub phase: Option<Text>,
    pub capacity: ResourceList,
    pub conditions: Vec<Condition>,
}

/// `snapshot.storage.k8s.io/v1.VolumeSnapshot`.
pub struct VolumeSnapshot {
    pub spec: VolumeSnapshotSpec,
    pub status: VolumeSnapshotStatus,
}
pub struct VolumeSnapshotSpec {
    pub source: VolumeSnapshotSource,
    pub volume_snapshot_class_name: Option<Text>,
}
pub struct VolumeSnapshotSource {
    pub persistent_volume_claim_name: Option<Text>,
    pub volume_snapshot_content_name: Option<Text>,
}
pub struct VolumeSnapshotStatus {
    pub ready_to_use: Option<bool>,
    pub creation_time: Option<Timestamp>,
}

/// `snapshot.storage.k8s.io/v1.VolumeSnapshotClass`.
pub struct VolumeSnapshotClass {
    pub driver: Text,
    pub deletion_policy: Option<Text>,
}

/// `storage.k8s.io/v1.CSINode`.
pub struct CsiNode {
    pub spec: CsiNodeSpec,
}
pub struct CsiNodeSpec {
    pub drivers: Vec<CsiNodeDriver>,
}
pub struct CsiNodeDriver {
    pub name: Text,
    #[serde(rename = "nodeID")]
    pub node_id: Text,
    pub topology_keys: Vec<Text>,
    pub allocatable: Option<CsiAllocatable>,
}
pub struct CsiAllocatable {
    pub count: Option<i64>,
}

/// `storage.k8s.io/v1.CSIDriver`.
pub struct CsiDriver {
    pub spec: CsiDriverSpec,
}
pub struct CsiDriverSpec {
    pub storage_capacity: Option<bool>,
    pub attach_required: Option<bool>,
}

/// `storage.k8s.io/v1.VolumeAttachment`.
pub struct VolumeAttachment {
    pub spec: VolumeAttachmentSpec,
    pub status: VolumeAttachmentStatus,
}
pub struct VolumeAttachmentSpec {
    pub attacher: Text,
    pub node_name: Text,
    pub source: VolumeAttachmentSource,
}
pub struct VolumeAttachmentSource {
    pub persistent_volume_name: Option<Text>,
}
pub struct VolumeAttachmentStatus {
    pub attached: bool,
}
}
