//! Who adds nodes, as the inputs tell it: Karpenter by its NodePools, Cluster Autoscaler by its workload and the groups that the account knows.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::cluster::Cluster;
use seatrial_model::kinds::nodes::{CAPACITY, Node, zone_of};
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
    /// What its nodes have before anything is reserved, as far as that is told.
    pub capacity: BTreeMap<NodeId, ResourceList>,
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
    /// What adds, in words; `None` where nothing does.
    pub fn name(&self) -> Option<&'static str> {
        match (self.groups.is_empty(), self.pools.is_empty()) {
            (true, true) => None,
            (false, true) => Some("Cluster Autoscaler adds"),
            (true, false) => Some("Karpenter adds"),
            (false, false) => Some("Karpenter and Cluster Autoscaler add"),
        }
    }
}

/// Finds out who adds nodes, and says so. Who runs no pod to begin with adds none.
pub(crate) fn find(world: &mut World, cluster: &Cluster, snapshot: &Snapshot) {
    let mut found = Autoscaling::default();
    if let Some(it) = deployment(cluster, "cluster-autoscaler") {
        let unit = unit_of(world, it);
        if unit.is_some_and(|it| world.units[it].before > 0) {
            found.cluster_autoscaler = unit;
            for it in snapshot.account.node_groups.known().into_iter().flatten() {
                let source = Source { max: it.max_size, ..source(world, cluster, &it.name) };
                found.groups.extend(Some(source).filter(|it| !it.models.is_empty()));
            }
        } else {
            world.facts.assumptions.push(format!("{} has no Ready pod: it adds no node", it.object_ref()));
        }
    }
    // Without a workload of its own Karpenter runs elsewhere: on Fargate, or as part of Auto Mode.
    let karpenter = deployment(cluster, "karpenter/controller");
    found.karpenter = karpenter.and_then(|it| unit_of(world, it));
    if let Some(it) = karpenter.filter(|_| found.karpenter.is_none_or(|it| world.units[it].before == 0)) {
        if !cluster.node_pools.is_empty() {
            world.facts.assumptions.push(format!("{} has no Ready pod: it adds no node", it.object_ref()));
        }
    } else {
        for it in &cluster.node_pools {
            let source = Source { limits: it.spec.limits.clone(), weight: it.spec.weight.unwrap_or(0), ..source(world, cluster, &it.meta.name) };
            found.pools.extend(Some(source).filter(|it| !it.models.is_empty()));
        }
    }
    if let Some(name) = found.name() {
        let names: Vec<&str> = found.groups.iter().chain(&found.pools).map(|it| it.name.as_str()).collect();
        world.facts.assumptions.push(format!(
            "{name} nodes like those that {} have, within their limits, when pods find no place; EC2 has them, in every zone but a lost one",
            names.join(", ")
        ));
    }
    world.facts.autoscaling = found;
}

fn deployment<'a>(cluster: &'a Cluster, image: &str) -> Option<&'a Object<Workload>> {
    let deployments = cluster.workloads.iter().filter(|it| it.workload_kind == WorkloadKind::Deployment);
    deployments.into_iter().find(|it| it.pod().containers.iter().any(|it| it.image.contains(image)))
}

fn unit_of(world: &World, it: &Object<Workload>) -> Option<usize> {
    world.find_unit(&format!("{}/{}", it.meta.ns(), it.meta.name), &[Kind::Deployment])
}

/// The nodes that stand in a group, and one of each zone, instance type and capacity.
fn source(world: &World, cluster: &Cluster, name: &Text) -> Source {
    let nodes: Vec<NodeId> = world.groups.get(&**name).map(|it| it.nodes.clone()).unwrap_or_default();
    let mut seen: BTreeSet<Vec<&str>> = BTreeSet::new();
    let mut models: Vec<NodeId> = Vec::new();
    for node in nodes.iter().filter(|it| !world.dead.contains(it)) {
        let labels = world.state.node_labels(*node);
        let text = |key: &str| labels.get(key).map_or("", |it| it.as_str());
        let mut kind = vec![zone_of(labels), text("node.kubernetes.io/instance-type")];
        kind.extend(CAPACITY.iter().map(|it| text(it)));
        if seen.insert(kind) {
            models.push(*node);
        }
    }
    let told = |it: &Object<Node>| Some((world.state.find_node(&it.meta.name).filter(|it| nodes.contains(it))?, it.status.capacity.clone()));
    let capacity = cluster.nodes.iter().filter_map(told).collect();
    Source { name: name.to_string(), nodes, models, capacity, ..Source::default() }
}
