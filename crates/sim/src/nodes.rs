//! The nodes as a struct of arrays, and the order in which the scheduler visits them.

use std::collections::HashMap;

use seatrial_model::kinds::nodes::Node;
use seatrial_model::pod::Taint;
use seatrial_model::{Labels, Object, ResourceList, Text};

use crate::ids::{DriverId, NONE, NodeId, PodId, VolumeId};
use crate::ports::UsedPorts;
use crate::requests::is_scalar;

/// What a node has and what its pods ask of it; cpu in millicores, the rest in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Allocatable millicores.
    pub millicpu: i64,
    /// Allocatable bytes of memory.
    pub memory: i64,
    /// Allocatable bytes of ephemeral storage.
    pub ephemeral_storage: i64,
    /// Allocatable pods.
    pub pods: i64,
    /// Requested millicores.
    pub requested_millicpu: i64,
    /// Requested bytes of memory.
    pub requested_memory: i64,
    /// Requested bytes of ephemeral storage.
    pub requested_ephemeral_storage: i64,
    /// Requested millicores with defaults, for scores.
    pub nonzero_millicpu: i64,
    /// Requested bytes of memory with defaults, for scores.
    pub nonzero_memory: i64,
    /// Pods on the node.
    pub placed: i64,
}

/// A resource counted by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScalarUsage {
    pub(crate) name: Text,
    pub(crate) allocatable: i64,
    pub(crate) requested: i64,
}

/// What of a node the scheduler reads, as it is put into the simulation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeFacts {
    /// Name.
    pub name: Text,
    /// Labels.
    pub labels: Labels,
    /// Taints.
    pub taints: Vec<Taint>,
    /// Cordoned.
    pub unschedulable: bool,
    /// Allocatable amounts.
    pub allocatable: ResourceList,
    /// Images: name and bytes.
    pub images: Vec<(Text, i64)>,
}

impl NodeFacts {
    /// The facts of a Node object.
    pub fn of(node: &Object<Node>) -> Self {
        let images = node.status.images.iter().flat_map(|image| image.names.iter().map(|name| (name.clone(), image.size_bytes)));
        Self {
            name: node.meta.name.clone(),
            labels: node.meta.labels.clone(),
            taints: node.spec.taints.clone(),
            unschedulable: node.spec.unschedulable,
            allocatable: node.status.allocatable.clone(),
            images: images.collect(),
        }
    }
}

/// The table of nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nodes {
    pub(crate) name: Vec<Text>,
    pub(crate) labels: Vec<Labels>,
    pub(crate) taints: Vec<Vec<Taint>>,
    pub(crate) unschedulable: Vec<bool>,
    pub(crate) images: Vec<Vec<(Text, i64)>>,
    pub(crate) present: Vec<bool>,
    pub(crate) usage: Vec<Usage>,
    pub(crate) scalars: Vec<Vec<ScalarUsage>>,
    pub(crate) pods: Vec<Vec<PodId>>,
    pub(crate) nominated: Vec<Vec<PodId>>,
    pub(crate) ports: Vec<UsedPorts>,
    /// Volumes of pods with how many pods use each.
    pub(crate) volumes: Vec<Vec<(VolumeId, u32)>>,
    /// How many of these each driver serves.
    pub(crate) volumes_of: Vec<Vec<(DriverId, u32)>>,
    /// Volumes that a VolumeAttachment names.
    pub(crate) attached: Vec<Vec<VolumeId>>,
    /// Attach limits of CSINode.
    pub(crate) limits: Vec<Vec<(DriverId, i64)>>,
    by_name: HashMap<Text, NodeId>,
    /// Nodes in visiting order.
    pub(crate) order: Vec<NodeId>,
    /// Order in which nodes joined.
    joined: Vec<u32>,
    next_join: u32,
}

impl Nodes {
    pub(crate) fn len(&self) -> usize {
        self.name.len()
    }

    pub(crate) fn find(&self, name: &str) -> Option<NodeId> {
        self.by_name.get(name).copied().filter(|it| self.present[it.index()])
    }

    /// The node of this name, even if it was removed.
    pub(crate) fn find_any(&self, name: &str) -> Option<NodeId> {
        self.by_name.get(name).copied()
    }

    /// Adds a node, or brings back the one of this name that was removed.
    pub(crate) fn add(&mut self, facts: NodeFacts) -> NodeId {
        let id = match self.by_name.get(&facts.name) {
            Some(id) => *id,
            None => self.grow(&facts.name),
        };
        self.present[id.index()] = true;
        self.joined[id.index()] = self.next_join;
        self.next_join += 1;
        self.set(id, facts);
        id
    }

    fn grow(&mut self, name: &Text) -> NodeId {
        let id = NodeId::at(self.name.len());
        self.by_name.insert(name.clone(), id);
        self.name.push(name.clone());
        self.labels.push(Labels::default());
        self.taints.push(Vec::new());
        self.unschedulable.push(false);
        self.images.push(Vec::new());
        self.present.push(false);
        self.usage.push(Usage::default());
        self.scalars.push(Vec::new());
        self.pods.push(Vec::new());
        self.nominated.push(Vec::new());
        self.ports.push(UsedPorts::default());
        self.volumes.push(Vec::new());
        self.volumes_of.push(Vec::new());
        self.attached.push(Vec::new());
        self.limits.push(Vec::new());
        self.joined.push(NONE);
        id
    }

    /// Writes what the Node object says; what the pods use stays.
    pub(crate) fn set(&mut self, id: NodeId, facts: NodeFacts) {
        let at = id.index();
        let bytes = |name: &str| facts.allocatable.get(name).map_or(0, |it| it.value());
        let usage = &mut self.usage[at];
        usage.millicpu = facts.allocatable.get("cpu").map_or(0, |it| it.milli_value());
        usage.memory = bytes("memory");
        usage.ephemeral_storage = bytes("ephemeral-storage");
        usage.pods = bytes("pods");
        let scalars = &mut self.scalars[at];
        scalars.iter_mut().for_each(|it| it.allocatable = 0);
        for (name, amount) in facts.allocatable.iter().filter(|it| is_scalar(it.0)) {
            scalar(scalars, name).allocatable = amount.value();
        }
        scalars.retain(|it| it.allocatable != 0 || it.requested != 0);
        self.labels[at] = facts.labels;
        self.taints[at] = facts.taints;
        self.unschedulable[at] = facts.unschedulable;
        self.images[at] = facts.images;
    }

    /// What the Node object would say.
    pub(crate) fn facts(&self, id: NodeId) -> NodeFacts {
        use seatrial_model::Quantity;
        let (at, usage) = (id.index(), &self.usage[id.index()]);
        let mut allocatable: ResourceList = self.scalars[at].iter().map(|it| (it.name.clone(), Quantity::units(it.allocatable))).collect();
        allocatable.insert("cpu".into(), Quantity::millis(usage.millicpu));
        allocatable.insert("memory".into(), Quantity::units(usage.memory));
        allocatable.insert("ephemeral-storage".into(), Quantity::units(usage.ephemeral_storage));
        allocatable.insert("pods".into(), Quantity::units(usage.pods));
        NodeFacts {
            name: self.name[at].clone(),
            labels: self.labels[at].clone(),
            taints: self.taints[at].clone(),
            unschedulable: self.unschedulable[at],
            allocatable,
            images: self.images[at].clone(),
        }
    }

    /// Nodes that exist, in visiting order: one of each zone in turn, zones and nodes in the order they joined.
    ///
    /// Source: kubernetes pkg/scheduler/backend/cache/node_tree.go.
    pub(crate) fn reorder(&mut self) {
        let mut present: Vec<NodeId> = (0..self.len()).map(NodeId::at).filter(|it| self.present[it.index()]).collect();
        present.sort_by_key(|it| self.joined[it.index()]);
        let mut zone_of: HashMap<(&str, &str), usize> = HashMap::new();
        let mut zones: Vec<Vec<NodeId>> = Vec::new();
        for node in present {
            let next = zones.len();
            let zone = *zone_of.entry(region_and_zone(&self.labels[node.index()])).or_insert(next);
            if zone == next {
                zones.push(Vec::new());
            }
            zones[zone].push(node);
        }
        let longest = zones.iter().map(Vec::len).max().unwrap_or(0);
        self.order = (0..longest).flat_map(|at| zones.iter().filter_map(move |zone| zone.get(at).copied())).collect();
    }

    pub(crate) fn joined(&self, id: NodeId) -> u32 {
        self.joined[id.index()]
    }

    pub(crate) fn set_joined(&mut self, id: NodeId, joined: u32) {
        self.joined[id.index()] = joined;
    }

    /// A node that changes its zone joins the other zone's end.
    pub(crate) fn join_last(&mut self, id: NodeId) {
        self.joined[id.index()] = self.next_join;
        self.next_join += 1;
    }
}

/// The entry of a resource, made when it is missing; entries are sorted by name.
pub(crate) fn scalar<'a>(all: &'a mut Vec<ScalarUsage>, name: &Text) -> &'a mut ScalarUsage {
    let at = match all.binary_search_by(|it| it.name.cmp(name)) {
        Ok(at) => at,
        Err(at) => {
            all.insert(at, ScalarUsage { name: name.clone(), allocatable: 0, requested: 0 });
            at
        }
    };
    &mut all[at]
}

/// Region and zone of a node, from the current or the older labels; empty where it tells none.
fn region_and_zone(labels: &Labels) -> (&str, &str) {
    let pick = |current: &str, old: &str| labels.get(old).or_else(|| labels.get(current)).map_or("", Text::as_str);
    let region = pick("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region");
    (region, pick("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"))
}

/// Region and zone in one text; empty for neither.
///
/// Source: kubernetes component-helpers/node/topology/helpers.go GetZoneKey.
pub(crate) fn zone_key(labels: &Labels) -> String {
    match region_and_zone(labels) {
        ("", "") => String::new(),
        (region, zone) => format!("{region}:\0:{zone}"),
    }
}
