//! Putting storage objects into the simulation, and binding claims when their pod gets a node.

use seatrial_model::kinds::storage::ClaimRef;
use seatrial_model::kinds::storage::{CsiDriver, CsiNode, PersistentVolume, PersistentVolumeClaim, PvCsi, StorageClass, VolumeAttachment, VolumeNodeAffinity};
use seatrial_model::pod::{NodeSelector, NodeSelectorTerm};
use seatrial_model::{Labels, Object, Requirement, Text};

use crate::filter::volume_binding::{Found, find};
use crate::ids::{ClaimId, NodeId, PodId};
use crate::state::State;
use crate::storage::{Claim, Storage, Volume};
use crate::undo::Change;

/// Where a new EBS volume can be used: nodes with its zone under this label.
pub const EBS_ZONE: &str = "topology.kubernetes.io/zone";

impl State {
    /// Adds or replaces a claim.
    pub fn put_claim(&mut self, claim: &Object<PersistentVolumeClaim>) {
        let (id, old) = self.storage.put_claim(Claim::of(claim));
        self.undo.push(match old {
            Some(old) => Change::Claimed(id, Box::new(old)),
            None => Change::ClaimAdded(id),
        });
    }

    /// Adds or replaces a volume.
    pub fn put_volume(&mut self, volume: &Object<PersistentVolume>) {
        let made = self.make_volume(volume.meta.name.clone(), volume.meta.labels.clone(), volume.it.clone());
        self.insert_volume(Volume { deleting: volume.meta.deletion_timestamp.is_some(), ..made });
    }

    fn make_volume(&mut self, name: Text, labels: Labels, object: PersistentVolume) -> Volume {
        let affinity = self.statics.affinity(&Labels::default(), Volume::terms(&object), &self.nodes);
        Volume { name, labels, object, deleting: false, affinity }
    }

    fn insert_volume(&mut self, volume: Volume) {
        let name = volume.name.clone();
        let old = self.storage.set_volume(name.clone(), Some(volume));
        self.frees += 1;
        self.undo.push(Change::VolumePut(name, old.map(Box::new)));
    }

    /// Adds or replaces a storage class.
    pub fn put_storage_class(&mut self, name: &str, class: StorageClass) {
        self.storage.classes.insert(Text::new(name), class);
    }

    /// Adds a CSI driver.
    pub fn put_csi_driver(&mut self, name: &str, driver: &CsiDriver) {
        if driver.spec.storage_capacity == Some(true) {
            self.storage.capacity_drivers.push(Text::new(name));
        }
    }

    /// Takes over the attach limits of a node.
    pub fn put_csi_node(&mut self, node: NodeId, csi: &CsiNode) {
        let limited = csi.spec.drivers.iter().filter_map(|it| Some((&it.name, it.allocatable.as_ref()?.count?)));
        let limits = limited.map(|(name, count)| (self.storage.driver(name), count)).collect();
        self.nodes.limits[node.index()] = limits;
    }

    /// Takes over an attachment; volumes come first.
    pub fn put_attachment(&mut self, attachment: &VolumeAttachment) {
        let Some(node) = self.nodes.find(&attachment.spec.node_name) else { return };
        let volume = attachment.spec.source.persistent_volume_name.as_ref();
        let id = volume.and_then(|it| self.storage.attached(&attachment.spec.attacher, it));
        let held = &mut self.nodes.attached[node.index()];
        if let Some(id) = id.filter(|it| !held.contains(it)) {
            held.push(id);
        }
    }

    /// Binds a claim to a new volume that can be used in one zone (`key` = `zone`).
    pub fn provision(&mut self, namespace: &str, claim: &str, volume: &str, key: &str, zone: &str) {
        if let Some(id) = self.storage.claim(&namespace.into(), &claim.into()) {
            self.provision_claim(id, volume.into(), key, zone);
        }
    }

    fn provision_claim(&mut self, id: ClaimId, name: Text, key: &str, zone: &str) {
        let claim = &self.storage.claims[id.index()];
        let driver = claim.class.as_ref().and_then(|it| self.storage.classes.get(it)).map(|it| it.provisioner.clone());
        let mut object = PersistentVolume::default();
        object.spec.storage_class_name = claim.class.clone();
        object.spec.capacity = claim.spec.resources.requests.clone();
        object.spec.csi = Some(PvCsi { driver: driver.unwrap_or_default(), volume_handle: name.clone(), volume_attributes: Labels::default() });
        let zone = Requirement { key: key.into(), operator: "In".into(), values: vec![zone.into()] };
        let term = NodeSelectorTerm { match_expressions: vec![zone], match_fields: Vec::new() };
        object.spec.node_affinity = Some(VolumeNodeAffinity { required: Some(NodeSelector { node_selector_terms: vec![term] }) });
        object.spec.claim_ref = Some(ClaimRef { namespace: claim.namespace.clone(), name: claim.name.clone(), uid: None });
        object.status.phase = Some("Bound".into());
        let volume = self.make_volume(name.clone(), Labels::default(), object);
        self.insert_volume(volume);
        self.bind_claim(id, name);
    }

    fn bind_claim(&mut self, id: ClaimId, volume: Text) {
        let claim = &mut self.storage.claims[id.index()];
        let old = claim.clone();
        (claim.volume, claim.bound) = (Some(volume), true);
        self.frees += 1;
        self.undo.push(Change::Claimed(id, Box::new(old)));
    }

    /// Binds a pod, and the claims that waited for it: to the volumes that fit, or to new ones in the node's zone.
    pub fn bind_with_volumes(&mut self, pod: PodId, node: NodeId) {
        if self.pods.class_of(pod).has_volumes {
            let (cycle, _) = self.begin(pod);
            for found in find(self, &cycle.volumes.waiting, node).unwrap_or_default() {
                self.settle_claim(found, node);
            }
        }
        self.bind(pod, node);
    }

    fn settle_claim(&mut self, found: Found, node: NodeId) {
        match found {
            Found::Volume(claim, name) => self.bind_claim(claim, name),
            Found::Provisioned(id) => {
                let claim = &self.storage.claims[id.index()];
                let name = Text::from(format!("sim-{}-{}", claim.namespace, claim.name));
                let zone = self.nodes.labels[node.index()].get(EBS_ZONE).cloned().unwrap_or_default();
                self.provision_claim(id, name, EBS_ZONE, &zone);
            }
        }
    }

    /// Whether new volumes of the class can be made at all.
    pub fn can_provision(&self, class: &str) -> bool {
        self.storage.classes.get(class).is_some_and(Storage::provisions)
    }
}
