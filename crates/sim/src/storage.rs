//! Claims, volumes, classes and drivers, as far as placement depends on them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use seatrial_model::kinds::storage::{PersistentVolume, PersistentVolumeClaim, StorageClass};
use seatrial_model::pod::{ClaimSpec, NodeSelectorTerm};
use seatrial_model::{Labels, Meta, Object, PodSpec, Quantity, Text};

use crate::ids::{AffinityId, ClaimId, DriverId, PodId, VolumeId};

/// Label keys that place a volume.
pub(crate) const ZONE_LABELS: [&str; 4] =
    ["failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.kubernetes.io/region"];

/// A PersistentVolumeClaim.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Claim {
    pub(crate) namespace: Text,
    pub(crate) name: Text,
    pub(crate) class: Option<Text>,
    pub(crate) spec: ClaimSpec,
    /// The volume it names; bound to it when `bound`.
    pub(crate) volume: Option<Text>,
    pub(crate) bound: bool,
    pub(crate) lost: bool,
    pub(crate) deleting: bool,
    pub(crate) selected_node: Option<Text>,
    /// Placed pods that use it.
    pub(crate) users: u32,
    /// Gone.
    pub(crate) deleted: bool,
}

/// A PersistentVolume.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Volume {
    pub(crate) name: Text,
    pub(crate) labels: Labels,
    pub(crate) object: PersistentVolume,
    pub(crate) deleting: bool,
    /// Nodes it can be used on; `None`: on all.
    pub(crate) affinity: Option<AffinityId>,
}

impl Volume {
    /// Terms of its node affinity.
    pub(crate) fn terms(object: &PersistentVolume) -> Option<&[NodeSelectorTerm]> {
        object.spec.node_affinity.as_ref()?.required.as_ref().map(|it| it.node_selector_terms.as_slice())
    }

    /// Zone and region labels with the values they allow.
    ///
    /// Source: kubernetes plugins/volumezone/volume_zone.go, cloud-provider/volume/helpers LabelZonesToSet.
    pub(crate) fn zones(&self) -> Vec<(&'static str, Vec<&str>)> {
        let of = |key: &'static str| {
            let value = self.labels.get(key)?;
            let zones: Vec<&str> = value.split("__").map(str::trim).collect();
            zones.iter().all(|it| !it.is_empty()).then_some((key, zones))
        };
        ZONE_LABELS.into_iter().filter_map(of).collect()
    }
}

/// The table of storage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Storage {
    pub(crate) claims: Vec<Claim>,
    claims_by_name: HashMap<(Text, Text), ClaimId>,
    /// In name order, so that the choice among equal volumes is stable.
    pub(crate) volumes: BTreeMap<Text, Volume>,
    /// Volumes that no claim is named on, and those that one is, by its namespace and name.
    unclaimed: BTreeSet<Text>,
    reserved: HashMap<(Text, Text), Text>,
    pub(crate) classes: BTreeMap<Text, StorageClass>,
    /// CSI drivers that publish how much room they have.
    pub(crate) capacity_drivers: Vec<Text>,
    drivers: HashMap<Text, DriverId>,
    handles: HashMap<(DriverId, Text), VolumeId>,
    /// Driver of each counted volume.
    pub(crate) driver_of: Vec<DriverId>,
    /// Counted volumes of placed pods.
    pub(crate) mounted: BTreeMap<PodId, Box<[VolumeId]>>,
}

const PROVISIONER_OF_NONE: &str = "kubernetes.io/no-provisioner";
/// In-tree names whose volumes the CSI driver serves since their migration.
const MIGRATED: [(&str, &str); 3] =
    [("kubernetes.io/aws-ebs", "ebs.csi.aws.com"), ("kubernetes.io/gce-pd", "pd.csi.storage.gke.io"), ("kubernetes.io/azure-disk", "disk.csi.azure.com")];

impl Storage {
    pub(crate) fn claim(&self, namespace: &Text, name: &Text) -> Option<ClaimId> {
        let id = *self.claims_by_name.get(&(namespace.clone(), name.clone()))?;
        (!self.claims[id.index()].deleted).then_some(id)
    }

    /// Adds, replaces or takes away a volume; returns what was there.
    pub(crate) fn set_volume(&mut self, name: Text, volume: Option<Volume>) -> Option<Volume> {
        let claim_of = |it: &Volume| it.object.spec.claim_ref.as_ref().map(|it| (it.namespace.clone(), it.name.clone()));
        let old = self.volumes.remove(&name);
        self.unclaimed.remove(&name);
        if let Some(key) = old.as_ref().and_then(claim_of) {
            self.reserved.remove(&key);
        }
        if let Some(it) = volume {
            match claim_of(&it) {
                Some(key) => drop(self.reserved.insert(key, name.clone())),
                None => drop(self.unclaimed.insert(name.clone())),
            }
            self.volumes.insert(name, it);
        }
        old
    }

    /// Volumes that an unbound claim may get: the one reserved for it, and those nobody has.
    pub(crate) fn volumes_for(&self, claim: &Claim) -> impl Iterator<Item = &Volume> {
        let mine = self.reserved.get(&(claim.namespace.clone(), claim.name.clone()));
        mine.into_iter().chain(&self.unclaimed).filter_map(|it| self.volumes.get(it))
    }

    /// Adds or replaces a claim.
    pub(crate) fn put_claim(&mut self, claim: Claim) -> (ClaimId, Option<Claim>) {
        let key = (claim.namespace.clone(), claim.name.clone());
        match self.claims_by_name.get(&key) {
            Some(id) => {
                let users = self.claims[id.index()].users;
                let old = std::mem::replace(&mut self.claims[id.index()], Claim { users, ..claim });
                (*id, Some(old))
            }
            None => {
                let id = ClaimId::at(self.claims.len());
                self.claims.push(claim);
                self.claims_by_name.insert(key, id);
                (id, None)
            }
        }
    }

    /// The claims of a pod, in the order of its volumes; by name where they do not exist.
    pub(crate) fn claims_of<'a>(&'a self, spec: &'a PodSpec, namespace: &'a Text, pod: &'a Text) -> impl Iterator<Item = Result<ClaimId, MissingClaim>> + 'a {
        let named = spec.volumes.iter().filter_map(move |volume| match (&volume.persistent_volume_claim, &volume.ephemeral) {
            (Some(claim), _) => Some((claim.claim_name.clone(), false)),
            (None, Some(_)) => Some((Text::from(format!("{pod}-{}", volume.name)), true)),
            (None, None) => None,
        });
        named.map(|(name, ephemeral)| self.claim(namespace, &name).ok_or(MissingClaim { name, ephemeral }))
    }

    pub(crate) fn driver(&mut self, name: &Text) -> DriverId {
        let next = DriverId::at(self.drivers.len());
        *self.drivers.entry(name.clone()).or_insert(next)
    }

    fn handle(&mut self, driver: &Text, handle: Text) -> VolumeId {
        let driver = self.driver(driver);
        let next = VolumeId::at(self.driver_of.len());
        let id = *self.handles.entry((driver, handle)).or_insert(next);
        if id == next {
            self.driver_of.push(driver);
        }
        id
    }

    /// The volume of a claim as the attach limit counts it; `None` where it is not a CSI volume.
    ///
    /// Source: kubernetes plugins/nodevolumelimits/csi.go getCSIDriverInfo.
    pub(crate) fn counted(&mut self, claim: ClaimId) -> Option<VolumeId> {
        let claim = &self.claims[claim.index()];
        if let Some(volume) = claim.volume.as_ref().and_then(|it| self.volumes.get(it)) {
            let (driver, handle) = csi_of(&volume.object)?;
            return Some(self.handle(&driver, handle));
        }
        let class = self.classes.get(claim.class.as_ref()?)?;
        let driver = MIGRATED.iter().find(|it| it.0 == &*class.provisioner).map_or_else(|| class.provisioner.clone(), |it| it.1.into());
        let handle = Text::from(format!("claim {}/{}", claim.namespace, claim.name));
        Some(self.handle(&driver, handle))
    }

    /// The volume that a VolumeAttachment holds on a node.
    pub(crate) fn attached(&mut self, attacher: &Text, volume: &Text) -> Option<VolumeId> {
        let handle = self.volumes.get(volume)?.object.spec.csi.as_ref()?.volume_handle.clone();
        (!attacher.is_empty()).then(|| self.handle(attacher, handle))
    }

    /// Inline EBS volumes of a pod count too.
    pub(crate) fn inline(&mut self, spec: &PodSpec) -> Vec<VolumeId> {
        let inline: Vec<Text> = spec.volumes.iter().filter_map(|it| Some(it.aws_elastic_block_store.as_ref()?.volume_id.clone())).collect();
        inline.into_iter().map(|id| self.handle(&MIGRATED[0].1.into(), id)).collect()
    }

    /// Whether claims of the class wait for their first pod.
    pub(crate) fn waits(&self, claim: &Claim) -> bool {
        let class = claim.class.as_ref().and_then(|it| self.classes.get(it));
        class.is_some_and(|it| it.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer"))
    }

    /// Whether the class can make new volumes.
    pub(crate) fn provisions(class: &StorageClass) -> bool {
        !class.provisioner.is_empty() && &*class.provisioner != PROVISIONER_OF_NONE
    }
}

/// A claim that a pod names and nobody has made.
pub(crate) struct MissingClaim {
    pub(crate) name: Text,
    pub(crate) ephemeral: bool,
}

fn csi_of(volume: &PersistentVolume) -> Option<(Text, Text)> {
    if let Some(csi) = &volume.spec.csi {
        return Some((csi.driver.clone(), csi.volume_handle.clone()));
    }
    let ebs = volume.spec.aws_elastic_block_store.as_ref()?;
    Some((MIGRATED[0].1.into(), ebs.volume_id.clone()))
}

/// The storage class of a claim: the beta annotation, then the field; empty means none.
pub(crate) fn class_of(meta: &Meta, field: Option<&Text>) -> Option<Text> {
    let annotated = meta.annotation("volume.beta.kubernetes.io/storage-class").map(Text::new);
    annotated.or_else(|| field.cloned()).filter(|it| !it.is_empty())
}

impl Claim {
    pub(crate) fn of(object: &Object<PersistentVolumeClaim>) -> Self {
        let phase = object.status.phase.as_deref();
        let volume = object.spec.volume_name.clone().filter(|it| !it.is_empty());
        Self {
            namespace: Text::new(object.meta.ns()),
            name: object.meta.name.clone(),
            class: class_of(&object.meta, object.spec.storage_class_name.as_ref()),
            // A snapshot may lack the annotation that the controller sets; the phase says the same.
            bound: volume.is_some() && (object.meta.annotations.contains("pv.kubernetes.io/bind-completed") || phase == Some("Bound")),
            lost: phase == Some("Lost"),
            deleting: object.meta.deletion_timestamp.is_some(),
            selected_node: object.meta.annotation("volume.kubernetes.io/selected-node").map(Text::new),
            spec: object.spec.clone(),
            volume,
            users: 0,
            deleted: false,
        }
    }

    pub(crate) fn asked(&self) -> Quantity {
        self.spec.resources.requests.get("storage").copied().unwrap_or_default()
    }
}
