//! The cluster as drills see it: the simulation's state, who replaces whose pods, and what is judged.

mod autoscaling;
mod build;
mod clean;
mod gaps;
mod instances;
mod nodes;
mod offers;
mod owners;
mod planned;
mod scalers;
mod start;
mod starts;
mod units;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
pub(crate) use seatrial_model::kinds::nodes::{group_of, is_spot, zone_of};
use seatrial_model::{Text, Version};
use seatrial_sim::controllers::quota::Quota;
use seatrial_sim::controllers::rehearsal::{Life, PodSetController, Rollout, SetPolicy, Told};
use seatrial_sim::{NodeId, PodId, State};

use crate::say;

pub use autoscaling::{Autoscaling, Source};
pub use gaps::{Blind, NEEDS};
pub use nodes::NodeSet;
pub(crate) use planned::spec as planned_spec;
pub use scalers::Scaler;

/// Who brings a pod back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Deployment, by its ReplicaSets.
    Deployment,
    /// A ReplicaSet of its own, or of a controller that only changes how it updates.
    ReplicaSet,
    /// A StatefulSet.
    StatefulSet,
    /// A pod for each node; losing the node is not losing the pod.
    Daemon,
    /// Work that ends.
    Batch,
    /// Nobody.
    Bare,
    /// A controller that the simulation does not know.
    Other,
}

/// What is judged: a workload with all its pods.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Kind, namespace and name, as printed.
    pub object: String,
    /// Who brings its pods back.
    pub kind: Kind,
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// Its ReplicaSets or its StatefulSet, positions in [`World::sets`].
    pub sets: Vec<usize>,
    /// Its pods at the beginning.
    pub pods: Vec<PodId>,
    /// Pods that serve at the beginning.
    pub before: u64,
    /// The fewest pods that its budget wants, and the budget's name.
    pub floor: Option<(u64, String)>,
    /// Units whose pods must be simulated together share this number.
    pub component: usize,
    /// Why nothing certain can be said of it.
    pub blind: Option<String>,
    /// The most pods that its autoscaler may make of it, where it has one.
    pub max: Option<i64>,
    /// The volumes of its pods.
    pub volumes: Vec<Mounted>,
}

/// A volume and the pod that mounts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// The pod.
    pub pod: PodId,
    /// The PersistentVolume.
    pub name: Text,
    /// Its zone; empty where it can be used in every zone, or where that is not known.
    pub zone: String,
}

/// A Deployment and how it rolls out.
#[derive(Clone, Debug)]
pub struct Rolling {
    /// Its unit.
    pub unit: usize,
    /// Its numbers; `sets` and `current` are positions in [`World::sets`].
    pub rollout: Rollout,
}

/// A node group or node pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its nodes.
    pub nodes: Vec<NodeId>,
    /// Most nodes it may have, where the account tells.
    pub max: Option<i64>,
    /// Nodes that its update configuration lets be missing, where the account tells.
    pub max_unavailable: Option<seatrial_model::IntOrString>,
    /// Whether it is on Spot.
    pub spot: bool,
    /// A managed node group, and not a pool of an autoscaler.
    pub managed: bool,
}

/// The cluster of a snapshot, ready to be rehearsed on.
#[derive(Debug)]
pub struct World {
    /// The simulation's state: every rehearsal takes back what it did.
    pub state: State,
    /// What pods that wait for a node are told at rest: no rehearsal needs to find it out twice.
    pub told: Told,
    /// Everything else, which no rehearsal changes.
    pub facts: Shared,
}

impl std::ops::Deref for World {
    type Target = Facts;
    fn deref(&self) -> &Facts {
        &self.facts
    }
}

/// Facts that all forks of a world look at. They are written while the world is built, and have one owner then.
#[derive(Clone, Debug)]
pub struct Shared(Arc<Facts>);

impl From<Facts> for Shared {
    fn from(facts: Facts) -> Self {
        Self(Arc::new(facts))
    }
}

impl std::ops::Deref for Shared {
    type Target = Facts;
    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl std::ops::DerefMut for Shared {
    fn deref_mut(&mut self) -> &mut Facts {
        Arc::make_mut(&mut self.0)
    }
}

/// What is known of the cluster beside the simulation's state, as it is before any rehearsal.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The version whose rules hold.
    pub version: Version,
    /// ReplicaSets and StatefulSets.
    pub sets: Vec<PodSetController>,
    /// What their specifications say beyond number and template.
    pub policies: BTreeMap<usize, SetPolicy>,
    /// The unit of each of them.
    pub unit_of_set: Vec<usize>,
    /// Deployments.
    pub rollings: Vec<Rolling>,
    /// Everything that is known of the pods that exist.
    pub lives: BTreeMap<PodId, Life>,
    /// The unit of each pod; pods of the kubelet itself have none.
    pub unit_of_pod: BTreeMap<PodId, usize>,
    /// Pods of each node at the beginning, sorted.
    pub places: Vec<Vec<PodId>>,
    /// Pods without a node at the beginning.
    pub waiting: std::collections::BTreeSet<PodId>,
    /// What is judged.
    pub units: Vec<Unit>,
    /// Quotas by namespace.
    pub quotas: Vec<(Text, Quota)>,
    /// Who adds nodes.
    pub autoscaling: Autoscaling,
    /// Who adds pods, in the order of units.
    pub scalers: Vec<Scaler>,
    /// Nodes that are not Ready to begin with.
    pub dead: Vec<NodeId>,
    /// Node groups and node pools by name.
    pub groups: BTreeMap<String, Group>,
    /// The day of the snapshot, counted since the epoch.
    pub today: i64,
    /// CronJobs and what they start.
    pub crons: Vec<crate::cron::Cron>,
    /// What the rehearsals rest on.
    pub assumptions: Vec<String>,
    /// What was not read, and which answers it spoils.
    pub blinds: Vec<Blind>,
    /// Backups and copies elsewhere, as the inputs tell them.
    pub recovery: crate::recovery::Recovery,
}

impl Facts {
    /// Pods that were on a node at the beginning, by id.
    pub fn pods_before(&self, node: NodeId) -> &[PodId] {
        self.places.get(node.index()).map_or(&[], Vec::as_slice)
    }

    /// The unit called `namespace/name` among those of some kinds.
    pub fn find_unit(&self, name: &str, kinds: &[Kind]) -> Option<usize> {
        let bare = name.rsplit_once(' ').map_or(name, |it| it.1);
        let (namespace, name) = bare.split_once('/').unwrap_or(("", bare));
        let is = |it: &Unit| kinds.contains(&it.kind) && it.name == *name && (namespace.is_empty() || it.namespace == *namespace);
        self.units.iter().position(is)
    }
}

impl World {
    /// The same rehearsal for each of these, from the state as it is. On as many threads as there are, which changes no answer.
    pub fn each<T: Sync, R: Send>(&mut self, all: &[T], one: impl Fn(&mut Self, &T) -> R + Sync) -> Vec<R> {
        let share = all.len().div_ceil(rayon::current_num_threads()).max(1);
        if share >= all.len() {
            return all.iter().map(|it| one(self, it)).collect();
        }
        let mut forks: Vec<Self> = (1..all.len().div_ceil(share)).map(|_| self.fork()).collect();
        let worlds: Vec<&mut Self> = std::iter::once(self).chain(&mut forks).collect();
        let answers = all.par_chunks(share).zip(worlds).map(|(share, world)| share.iter().map(|it| one(world, it)).collect::<Vec<R>>());
        answers.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn fork(&self) -> Self {
        Self { state: self.state.clone(), told: self.told.clone(), facts: self.facts.clone() }
    }

    /// The zone of a node; empty where none is labelled.
    pub fn zone(&self, node: NodeId) -> &str {
        zone_of(self.state.node_labels(node))
    }

    /// Zones with their nodes, by name.
    pub fn zones(&self) -> BTreeMap<String, Vec<NodeId>> {
        let mut zones: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
        for node in self.state.node_ids() {
            zones.entry(self.zone(node).to_owned()).or_default().push(node);
        }
        zones
    }

    /// Pods of some nodes, in the order of nodes.
    pub fn pods_of(&self, nodes: &[NodeId]) -> Vec<PodId> {
        nodes.iter().flat_map(|it| self.state.pods_on(*it)).copied().collect()
    }

    /// `namespace/name` of a pod.
    pub fn pod_name(&self, pod: PodId) -> String {
        say::pod(&self.state, pod)
    }
}
