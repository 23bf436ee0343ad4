//! Who adds nodes, as the inputs tell it: Karpenter by its NodePools, Cluster Autoscaler by its workload and the groups that the account knows.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::cluster::Cluster;
use seatrial_model::kinds::nodes::{CAPACITY, zone_of};
use seatrial_model::{Object, ResourceList, Snapshot, Text, Workload, WorkloadKind};
use seatrial_sim::NodeId;

use super::{Kind, World};

/// What an autoscaler may add to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    /// The node group or the NodePool.
    pub name: String,
    /// Its nodes.
    pub nodes: Vec<NodeId>,
    /// One node of each kind that it has: new ones are like them.
    pub models: Vec<NodeId>,
    /// A group's most nodes.
    pub max: i64,
    /// A pool's `spec.limits`.
    pub limits: ResourceList,
    /// A pool's `spec.weight`.
    pub weight: i64,
}

/// Who adds nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Autoscaling {
    /// Groups of Cluster Autoscaler.
    pub groups: Vec<Source>,
    /// Pools of Karpenter.
    pub pools: Vec<Source>,
    /// The unit that Cluster Autoscaler is, where it runs on the cluster that it grows.
    pub cluster_autoscaler: Option<usize>,
    /// The unit that Karpenter is, where it runs on the cluster that it grows.
    pub karpenter: Option<usize>,
}

impl Autoscaling {
    /// What adds nodes, in words; `None` where nothing does.
    pub fn name(&self) -> Option<&'static str> {
        match (self.groups.is_empty(), self.pools.is_empty()) {
            (true, true) => None,
            (false, true) => Some("Cluster Autoscaler"),
            (true, false) => Some("Karpenter"),
            (false, false) => Some("Karpenter and Cluster Autoscaler"),
        }
    }
}

/// Finds out who adds nodes, and says so.
pub(crate) fn find(world: &mut World, cluster: &Cluster, snapshot: &Snapshot) {
    let running = |image: &str| {
        let runs = |it: &&Object<Workload>| it.replicas != Some(0) && it.workload_kind == WorkloadKind::Deployment;
        cluster.workloads.iter().filter(runs).find(|it| it.pod().containers.iter().any(|it| it.image.contains(image)))
    };
    let unit = |it: Option<&Object<Workload>>| it.and_then(|it| world.find_unit(&format!("{}/{}", it.meta.ns(), it.meta.name), &[Kind::Deployment]));
    let autoscaler = running("cluster-autoscaler");
    let mut found = Autoscaling { cluster_autoscaler: unit(autoscaler), karpenter: unit(running("karpenter/controller")), ..Autoscaling::default() };
    if autoscaler.is_some() {
        for it in snapshot.account.node_groups.known().into_iter().flatten() {
            let source = Source { max: it.max_size, ..source(world, &it.name) };
            found.groups.extend(Some(source).filter(|it| !it.models.is_empty()));
        }
    }
    for it in &cluster.node_pools {
        let source = Source { limits: it.spec.limits.clone(), weight: it.spec.weight.unwrap_or(0), ..source(world, &it.meta.name) };
        found.pools.extend(Some(source).filter(|it| !it.models.is_empty()));
    }
    if let Some(name) = found.name() {
        let names: Vec<&str> = found.groups.iter().chain(&found.pools).map(|it| it.name.as_str()).collect();
        world.facts.assumptions.push(format!(
            "{name} adds nodes like those that {} have, within their limits, when pods find no place; EC2 has them, in every zone but a lost one",
            names.join(", ")
        ));
    }
    world.facts.autoscaling = found;
}

/// The nodes that stand in a group, and one of each zone, instance type and capacity.
fn source(world: &World, name: &Text) -> Source {
    let nodes: Vec<NodeId> = world.groups.get(&**name).map(|it| it.nodes.clone()).unwrap_or_default();
    let mut seen: BTreeSet<Vec<&str>> = BTreeSet::new();
    let mut models: BTreeMap<usize, NodeId> = BTreeMap::new();
    for node in nodes.iter().filter(|it| !world.dead.contains(it)) {
        let labels = world.state.node_labels(*node);
        let text = |key: &str| labels.get(key).map_or("", |it| it.as_str());
        let mut kind = vec![zone_of(labels), text("node.kubernetes.io/instance-type")];
        kind.extend(CAPACITY.iter().map(|it| text(it)));
        if seen.insert(kind) {
            models.insert(models.len(), *node);
        }
    }
    Source { name: name.to_string(), nodes, models: models.into_values().collect(), ..Source::default() }
}
