//! Who adds nodes, as the inputs tell it: Karpenter by its NodePools, Cluster Autoscaler by its workload and the groups that the account knows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use seatrial_model::cluster::Cluster;
use seatrial_model::kinds::nodes::{CAPACITY, Node, zone_of};
use seatrial_model::{Object, ResourceList, Snapshot, Text, Workload, WorkloadKind};
use seatrial_sim::controllers::rehearsal::Offer;
use seatrial_sim::{NodeFacts, NodeId};

use super::offers::Ground;
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
    /// New nodes of a group that has none: one for each zone.
    pub templates: Vec<NodeFacts>,
    /// New nodes of a pool that has none.
    pub offers: Vec<Arc<Offer>>,
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
    let ground = Ground::of(cluster, world.state.rules());
    let mut empty = Empty::default();
    if let Some(it) = deployment(cluster, "cluster-autoscaler") {
        let unit = unit_of(world, it);
        if unit.is_some_and(|it| world.units[it].before > 0) {
            found.cluster_autoscaler = unit;
            for it in snapshot.account.node_groups.known().into_iter().flatten() {
                let mut source = Source { max: it.max_size, ..source(world, cluster, &it.name) };
                if source.nodes.is_empty() && source.max > 0 {
                    source.templates = empty.note("node group", &it.name, ground.of_group(it, snapshot), |it| it);
                }
                found.groups.extend(Some(source).filter(|it| !it.models.is_empty() || !it.templates.is_empty()));
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
            let mut source = Source { limits: it.spec.limits.clone(), weight: it.spec.weight.unwrap_or(0), ..source(world, cluster, &it.meta.name) };
            if source.nodes.is_empty() {
                source.offers = empty.note("NodePool", &it.meta.name, ground.of_pool(it), |it| &it.facts);
            }
            found.pools.extend(Some(source).filter(|it| !it.models.is_empty() || !it.offers.is_empty()));
        }
    }
    if let Some(name) = found.name() {
        let names: Vec<&str> = found.groups.iter().chain(&found.pools).filter(|it| !it.models.is_empty()).map(|it| it.name.as_str()).collect();
        let like = if names.is_empty() { String::new() } else { format!(" like those that {} have", names.join(", ")) };
        world.facts.assumptions.push(format!("{name} nodes{like}, within their limits, when pods find no place; EC2 has them, in every zone but a lost one"));
    }
    world.facts.assumptions.extend(empty.0);
    world.facts.autoscaling = found;
}

/// What is assumed of groups and pools that have no node.
#[derive(Default)]
struct Empty(Vec<String>);

impl Empty {
    fn note<T>(&mut self, what: &str, name: &str, made: Result<Vec<T>, String>, facts: fn(&T) -> &NodeFacts) -> Vec<T> {
        match made {
            Ok(all) => {
                let labels = || all.iter().map(|it| &facts(it).labels);
                let kinds: BTreeSet<&str> = labels().map(|it| it.get("node.kubernetes.io/instance-type").map_or("", |it| it.as_str())).collect();
                let zones: BTreeSet<&str> = labels().map(zone_of).collect();
                let zones: Vec<&str> = zones.into_iter().collect();
                let kinds = match kinds.first() {
                    Some(one) if kinds.len() == 1 => (*one).to_owned(),
                    _ => format!("one of {} instance types", kinds.len()),
                };
                self.0.push(format!(
                    "{what} {name} has no node: a new one is taken to be {kinds} in {}, less what EKS reserves and what DaemonSets take",
                    zones.join(", ")
                ));
                all
            }
            Err(why) => {
                self.0.push(format!("{what} {name} has no node, and none is added to it: {why}"));
                Vec::new()
            }
        }
    }
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
