//! One scheduling cycle of one pod: what the plugins find out before any node is visited.

use std::sync::Arc;

use seatrial_model::Text;

use crate::counts::Population;
use crate::filter::node_affinity::CONFLICT;
use crate::filter::{Plugin, Status, inter_pod_affinity, pod_topology_spread, volume_restrictions};
use crate::ids::{AffinityId, ClaimId, ClassId, PodId, ShapeId, TermId, VolumeId};
use crate::plan::Plan;
use crate::requests::Request;
use crate::state::State;
use crate::statics::TolerationsRow;

/// Where the volume of a bound claim can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BoundVolume {
    /// The volume does not exist.
    Missing,
    Anywhere,
    Somewhere(AffinityId),
}

/// What the pod's volumes ask of a node.
#[derive(Clone, Debug, Default)]
pub(crate) struct VolumeNeeds {
    pub(crate) bound: Vec<BoundVolume>,
    /// Claims that are bound when the pod has its node.
    pub(crate) waiting: Vec<ClaimId>,
    /// Each of these gets a new volume on any node.
    pub(crate) made_anywhere: bool,
    pub(crate) single_pod_claims: Vec<ClaimId>,
    pub(crate) exclusive_disks: bool,
    /// Volumes that attach limits count.
    pub(crate) counted: Vec<VolumeId>,
    /// Zone and region labels of bound volumes, with the values they allow.
    pub(crate) zones: Vec<(&'static str, Vec<Text>)>,
}

impl VolumeNeeds {
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.exclusive_disks || !self.bound.is_empty() || !self.waiting.is_empty() || !self.counted.is_empty()
    }
}

/// The cycle.
#[derive(Clone, Debug)]
pub(crate) struct Cycle {
    pub(crate) pod: PodId,
    pub(crate) class: ClassId,
    pub(crate) shape: ShapeId,
    pub(crate) plan: Arc<Plan>,
    pub(crate) has_ports: bool,
    pub(crate) volumes: VolumeNeeds,
    /// Nodes per domain of each hard spread constraint.
    pub(crate) populations: Vec<Arc<Population>>,
    /// The least count of each hard spread constraint.
    pub(crate) minima: Vec<i64>,
    /// For each hard spread constraint with few domains: whether a domain may take the pod. Empty for those with many.
    pub(crate) open: Vec<Vec<bool>>,
    pub(crate) repelled_by: Vec<TermId>,
    /// The dynamic filters have nothing to ask.
    pub(crate) simple: bool,
}

impl Cycle {
    pub(crate) fn request<'a>(&self, state: &'a State) -> &'a Request {
        &state.pods.shapes[self.shape.index()]
    }

    pub(crate) fn tolerations<'a>(&self, state: &'a State) -> &'a TolerationsRow {
        let id = self.plan.tolerations.unwrap_or(crate::ids::TolerationsId(0));
        &state.statics.tolerations[id.index()]
    }

    /// Reads the counts afresh after pods were added or removed.
    pub(crate) fn refresh(&mut self, state: &State) {
        if !self.plan.hard.is_empty() {
            self.minima = pod_topology_spread::minima(state, self);
            self.open = pod_topology_spread::open_domains(state, self);
        }
        self.repelled_by = inter_pod_affinity::repelling(state, self);
    }
}

impl State {
    /// Begins a cycle; fails where no node needs to be visited.
    pub(crate) fn begin(&mut self, pod: PodId) -> (Cycle, Option<Status>) {
        let class = self.pods.record(pod).class;
        let plan = self.plan(class);
        let it = &self.pods.classes[class.index()];
        let (shape, has_ports, has_volumes) = (it.shape, !it.ports.is_empty(), it.has_volumes);
        let populations = plan.hard.iter().map(|it| self.populations.get(it.mask, it.key, self.epoch, &self.topology, &self.nodes)).collect();
        let mut refusal = conflicting_pins(&plan);
        let volumes = match has_volumes {
            true => self.volume_needs(pod, &mut refusal),
            false => VolumeNeeds::default(),
        };
        let mut cycle =
            Cycle { pod, class, shape, plan, has_ports, volumes, populations, minima: Vec::new(), open: Vec::new(), repelled_by: Vec::new(), simple: false };
        cycle.refresh(self);
        let plan = &cycle.plan;
        cycle.simple = !has_ports
            && !cycle.volumes.any()
            && plan.hard.is_empty()
            && plan.affinity_terms.is_empty()
            && plan.anti_terms.is_empty()
            && cycle.repelled_by.is_empty()
            && plan.node_name.is_none();
        (cycle, refusal)
    }

    /// What the volumes need, and the first reason for which the pod cannot be scheduled anywhere.
    ///
    /// Source: kubernetes plugins/volumerestrictions, volumebinding, volumezone: PreFilter.
    fn volume_needs(&mut self, pod: PodId, refusal: &mut Option<Status>) -> VolumeNeeds {
        let (class, name) = (self.pods.class_of(pod), &self.pods.record(pod).name);
        let spec = class.spec.clone();
        let namespace = class.namespace.clone();
        let mut needs = VolumeNeeds { exclusive_disks: spec.volumes.iter().any(volume_restrictions::is_exclusive), ..VolumeNeeds::default() };
        let mut claims = Vec::new();
        let mut missing = Vec::new();
        for claim in self.storage.claims_of(&spec, &namespace, name) {
            match claim {
                Ok(id) => claims.push(id),
                Err(it) => missing.push(it),
            }
        }
        for it in missing.iter().filter(|it| !it.ephemeral) {
            refuse(refusal, Plugin::VolumeRestrictions, format!("persistentvolumeclaim \"{}\" not found", it.name));
        }
        for it in &missing {
            let text = format!("waiting for ephemeral volume controller to create the persistentvolumeclaim \"{}\"", it.name);
            refuse(refusal, Plugin::VolumeBinding, text);
        }
        for id in &claims {
            let claim = &self.storage.claims[id.index()];
            let volume = claim.volume.as_deref().unwrap_or("");
            if claim.lost {
                refuse(refusal, Plugin::VolumeBinding, format!("persistentvolumeclaim \"{}\" bound to non-existent persistentvolume \"{volume}\"", claim.name));
            }
            if claim.deleting {
                refuse(refusal, Plugin::VolumeBinding, format!("persistentvolumeclaim \"{}\" is being deleted", claim.name));
            }
        }
        self.sort_claims(&claims, &mut needs, refusal);
        needs.made_anywhere = crate::filter::volume_binding::made_anywhere(&self.storage, &needs.waiting);
        needs.counted = claims.iter().filter_map(|it| self.storage.counted(*it)).collect();
        needs.counted.extend(self.storage.inline(&spec));
        needs.counted.sort();
        needs.counted.dedup();
        needs
    }

    fn sort_claims(&self, claims: &[ClaimId], needs: &mut VolumeNeeds, refusal: &mut Option<Status>) {
        for id in claims {
            let claim = &self.storage.claims[id.index()];
            if claim.spec.access_modes.iter().any(|it| &**it == "ReadWriteOncePod") {
                needs.single_pod_claims.push(*id);
            }
            let volume = claim.volume.as_ref().and_then(|it| self.storage.volumes.get(it));
            if claim.bound {
                let usable = |it: &crate::storage::Volume| it.affinity.map_or(BoundVolume::Anywhere, BoundVolume::Somewhere);
                needs.bound.push(volume.map_or(BoundVolume::Missing, usable));
            } else if claim.volume.is_none() && self.storage.waits(claim) {
                needs.waiting.push(*id);
            } else {
                refuse(refusal, Plugin::VolumeBinding, "pod has unbound immediate PersistentVolumeClaims".to_owned());
            }
            for (key, values) in volume.map(crate::storage::Volume::zones).unwrap_or_default() {
                needs.zones.push((key, values.into_iter().map(Text::new).collect()));
            }
        }
    }
}

fn refuse(refusal: &mut Option<Status>, plugin: Plugin, reason: String) {
    if refusal.is_none() {
        *refusal = Some(Status::unresolvable(plugin, reason));
    }
}

fn conflicting_pins(plan: &Plan) -> Option<Status> {
    let empty = plan.pinned.as_ref().is_some_and(Vec::is_empty);
    empty.then(|| Status::unresolvable(Plugin::NodeAffinity, CONFLICT))
}
