//! The filters of the default profile, one file per plugin, and the order in which they speak.

pub(crate) mod inter_pod_affinity;
pub(crate) mod node_affinity;
pub(crate) mod node_name;
pub(crate) mod node_ports;
pub(crate) mod node_resources_fit;
pub(crate) mod node_unschedulable;
pub(crate) mod node_volume_limits;
pub(crate) mod pod_topology_spread;
pub(crate) mod taint_toleration;
pub(crate) mod volume_binding;
pub(crate) mod volume_restrictions;
pub(crate) mod volume_zone;

use std::borrow::Cow;

use smallvec::{SmallVec, smallvec};

use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

/// A plugin of the default profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the plugins' own names")]
pub enum Plugin {
    NodeUnschedulable,
    NodeName,
    TaintToleration,
    NodeAffinity,
    NodePorts,
    NodeResourcesFit,
    VolumeRestrictions,
    NodeVolumeLimits,
    VolumeBinding,
    VolumeZone,
    PodTopologySpread,
    InterPodAffinity,
    NodeResourcesBalancedAllocation,
    ImageLocality,
}

impl Plugin {
    /// The name as Kubernetes writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NodeUnschedulable => "NodeUnschedulable",
            Self::NodeName => "NodeName",
            Self::TaintToleration => "TaintToleration",
            Self::NodeAffinity => "NodeAffinity",
            Self::NodePorts => "NodePorts",
            Self::NodeResourcesFit => "NodeResourcesFit",
            Self::VolumeRestrictions => "VolumeRestrictions",
            Self::NodeVolumeLimits => "NodeVolumeLimits",
            Self::VolumeBinding => "VolumeBinding",
            Self::VolumeZone => "VolumeZone",
            Self::PodTopologySpread => "PodTopologySpread",
            Self::InterPodAffinity => "InterPodAffinity",
            Self::NodeResourcesBalancedAllocation => "NodeResourcesBalancedAllocation",
            Self::ImageLocality => "ImageLocality",
        }
    }
}

/// Kubernetes' own words: one reason nearly always, and then none is allocated.
pub type Words = SmallVec<[Cow<'static, str>; 1]>;

/// Why a node was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Who refused it.
    pub plugin: Plugin,
    /// Taking pods off the node could help (`Unschedulable`; otherwise `UnschedulableAndUnresolvable`).
    pub resolvable: bool,
    /// Kubernetes' own words.
    pub reasons: Words,
}

impl Status {
    pub(crate) fn resolvable(plugin: Plugin, reason: &'static str) -> Self {
        Self { plugin, resolvable: true, reasons: smallvec![reason.into()] }
    }

    pub(crate) fn unresolvable(plugin: Plugin, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { plugin, resolvable: false, reasons: smallvec![reason.into()] }
    }
}

type Filter = fn(&State, &Cycle, NodeId) -> Option<Status>;

/// The filters in the order in which they run.
///
/// Source: kubernetes pkg/scheduler/apis/config/v1/default_plugins.go.
const FILTERS: [Filter; 12] = [
    node_unschedulable::check,
    node_name::check,
    taint_toleration::check,
    node_affinity::check,
    node_ports::check,
    node_resources_fit::check,
    volume_restrictions::check,
    node_volume_limits::check,
    volume_binding::check,
    volume_zone::check,
    pod_topology_spread::check,
    inter_pod_affinity::check,
];

/// How many of the filters speak before the resources do.
const BEFORE_RESOURCES: usize = 5;

/// The first refusal of those that speak before the resources do.
pub(crate) fn before_resources(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    FILTERS[..BEFORE_RESOURCES].iter().find_map(|filter| filter(state, cycle, node))
}

/// The first refusal, as the scheduler reports it.
pub(crate) fn first(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    FILTERS.iter().find_map(|filter| filter(state, cycle, node))
}

/// Every refusal: what would all have to change.
pub(crate) fn all(state: &State, cycle: &Cycle, node: NodeId) -> Vec<Status> {
    FILTERS.iter().filter_map(|filter| filter(state, cycle, node)).collect()
}

/// The filters that depend on the node and the specification alone have passed, and so have the resources: what is left to ask.
/// The cheapest and most selective comes first; the order does not matter to the answer.
#[inline]
pub(crate) fn rest_passes(state: &State, cycle: &Cycle, node: NodeId) -> bool {
    cycle.plan.node_name.as_ref().is_none_or(|it| *it == state.nodes.name[node.index()])
        && (cycle.plan.hard.is_empty() || pod_topology_spread::refusal(state, cycle, node).is_none())
        && inter_pod_affinity::refusal(state, cycle, node).is_none()
        && !node_ports::fails(state, cycle, node)
        && (!cycle.volumes.any() || volumes_pass(state, cycle, node))
}

fn volumes_pass(state: &State, cycle: &Cycle, node: NodeId) -> bool {
    !node_volume_limits::fails(state, cycle, node)
        && volume_binding::passes(state, cycle, node)
        && !volume_zone::fails(state, cycle, node)
        && volume_restrictions::check(state, cycle, node).is_none()
}
