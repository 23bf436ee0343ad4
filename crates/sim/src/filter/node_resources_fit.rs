//! NodeResourcesFit: what the pod requests must be left of what the node can give.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/noderesources/fit.go.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::{NodeId, PodId};
use crate::nodes::{ScalarUsage, Usage, scalar};
use crate::requests::Request;
use crate::state::State;

/// A resource that is short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Resource name.
    pub resource: Cow<'static, str>,
    /// What the pod asks for: millicores, bytes or units.
    pub requested: i64,
    /// What the node's pods ask for.
    pub used: i64,
    /// What the node can give.
    pub capacity: i64,
}

/// What is short on one node: seldom more than two resources.
pub(crate) type Shortages = SmallVec<[Shortage; 2]>;

impl Shortage {
    /// Kubernetes' own words.
    pub fn reason(&self) -> Cow<'static, str> {
        match &*self.resource {
            "pods" => "Too many pods".into(),
            "cpu" => "Insufficient cpu".into(),
            "memory" => "Insufficient memory".into(),
            "ephemeral-storage" => "Insufficient ephemeral-storage".into(),
            other => format!("Insufficient {other}").into(),
        }
    }

    /// Whether even an empty node would be too small. Never so for the number of pods.
    pub fn never_fits(&self) -> bool {
        self.resource != "pods" && self.requested > self.capacity
    }
}

fn of<'a>(scalars: &'a [ScalarUsage], name: &str) -> Option<&'a ScalarUsage> {
    scalars.binary_search_by(|it| (*it.name).cmp(name)).ok().map(|at| &scalars[at])
}

fn short(requested: i64, capacity: i64, used: i64) -> bool {
    requested > 0 && requested > capacity - used
}

/// Whether nothing is short.
pub(crate) fn fits(request: &Request, usage: &Usage, scalars: &[ScalarUsage]) -> bool {
    usage.placed < usage.pods
        && !short(request.millicpu, usage.millicpu, usage.requested_millicpu)
        && !short(request.memory, usage.memory, usage.requested_memory)
        && !short(request.ephemeral_storage, usage.ephemeral_storage, usage.requested_ephemeral_storage)
        && request.scalars.iter().all(|(name, asked)| {
            let (capacity, used) = of(scalars, name).map_or((0, 0), |it| (it.allocatable, it.requested));
            !short(*asked, capacity, used)
        })
}

/// Everything that is short.
pub(crate) fn shortages(request: &Request, usage: &Usage, scalars: &[ScalarUsage]) -> Shortages {
    let mut all = Shortages::new();
    if usage.placed + 1 > usage.pods {
        all.push(Shortage { resource: "pods".into(), requested: 1, used: usage.placed, capacity: usage.pods });
    }
    let plain = [
        ("cpu", request.millicpu, usage.millicpu, usage.requested_millicpu),
        ("memory", request.memory, usage.memory, usage.requested_memory),
        ("ephemeral-storage", request.ephemeral_storage, usage.ephemeral_storage, usage.requested_ephemeral_storage),
    ];
    for (resource, requested, capacity, used) in plain {
        if short(requested, capacity, used) {
            all.push(Shortage { resource: resource.into(), requested, used, capacity });
        }
    }
    for (name, requested) in &request.scalars {
        let (capacity, used) = of(scalars, name).map_or((0, 0), |it| (it.allocatable, it.requested));
        if short(*requested, capacity, used) {
            all.push(Shortage { resource: name.to_string().into(), requested: *requested, used, capacity });
        }
    }
    all
}

/// What is short on a node.
pub(crate) fn shortages_on(state: &State, cycle: &Cycle, node: NodeId) -> Shortages {
    shortages(cycle.request(state), &state.nodes.usage[node.index()], &state.nodes.scalars[node.index()])
}

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    status(state, shortages_on(state, cycle, node))
}

/// The same, as if these pods had left the node.
pub(crate) fn check_without(state: &State, cycle: &Cycle, node: NodeId, gone: &[PodId]) -> Option<Status> {
    let mut usage = state.nodes.usage[node.index()];
    let mut scalars = Cow::Borrowed(&state.nodes.scalars[node.index()]);
    for request in gone.iter().map(|it| state.request(*it)) {
        usage.requested_millicpu -= request.millicpu;
        usage.requested_memory -= request.memory;
        usage.requested_ephemeral_storage -= request.ephemeral_storage;
        usage.placed -= 1;
        for (name, amount) in request.scalars.iter().filter(|it| it.1 != 0) {
            scalar(scalars.to_mut(), name).requested -= amount;
        }
    }
    status(state, shortages(cycle.request(state), &usage, &scalars))
}

fn status(state: &State, short: Shortages) -> Option<Status> {
    if short.is_empty() {
        return None;
    }
    let resolvable = !(state.rules.too_small_is_final() && short.iter().any(Shortage::never_fits));
    Some(Status { plugin: Plugin::NodeResourcesFit, resolvable, reasons: short.iter().map(Shortage::reason).collect() })
}
