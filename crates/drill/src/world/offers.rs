//! Nodes of groups and pools that have none: what their instance types, zones, labels and taints would make of a new one.

use std::collections::BTreeSet;
use std::sync::Arc;

use seatrial_facts::instance_types::{self, InstanceType};
use seatrial_model::account;
use seatrial_model::cluster::Cluster;
use seatrial_model::kinds::nodes::zone_of;
use seatrial_model::kinds::scaling::NodePool;
use seatrial_model::pod::Taint;
use seatrial_model::{Labels, Object, PodSpec, Quantity, Requirement, ResourceList, Snapshot, Text, WorkloadKind};
use seatrial_sim::controllers::rehearsal::Offer;
use seatrial_sim::{NodeFacts, Request, Rules, accepts};

use super::instances;

/// The prefixes under which Karpenter and Auto Mode describe instances.
const ABOUT_INSTANCES: [&str; 2] = ["karpenter.k8s.aws/instance-", "eks.amazonaws.com/instance-"];
/// What no instance of the table has: a condition on it is judged by its absence.
const ABSENT: [&str; 6] = ["gpu-count", "gpu-name", "gpu-manufacturer", "gpu-memory", "accelerator-count", "local-nvme"];
const CAPACITY: &str = "karpenter.sh/capacity-type";
const ARCH: &str = "kubernetes.io/arch";
const ZONE: &str = "topology.kubernetes.io/zone";
const REGION: &str = "topology.kubernetes.io/region";
/// Labels that say where an instance is and how it was bought, and nothing of its type.
const OF_PLACES: [&str; 3] = [ZONE, REGION, CAPACITY];
/// So many instance types are kept apart; of more, those that hold the same are taken for one.
const FEW: usize = 24;
/// The price of a Spot instance as a share of its price on demand: it only has to be less.
const SPOT: f64 = 0.4;

/// What every new node shares: the DaemonSets that take their part of it, and the zones there are.
pub(crate) struct Ground<'a> {
    daemons: Vec<&'a PodSpec>,
    rules: Rules,
    zones: BTreeSet<Text>,
}

impl<'a> Ground<'a> {
    /// What the cluster tells.
    pub(crate) fn of(cluster: &'a Cluster, rules: Rules) -> Self {
        let daemons = cluster.workloads.iter().filter(|it| it.workload_kind == WorkloadKind::DaemonSet).map(|it| it.pod()).collect();
        let zones = cluster.nodes.iter().map(|it| zone_of(&it.meta.labels)).filter(|it| !it.is_empty()).map(Text::new).collect();
        Self { daemons, rules, zones }
    }

    /// A node of this type with these labels and taints, less what its DaemonSets take.
    fn node(&self, kind: &InstanceType, labels: Labels, taints: &[Taint]) -> NodeFacts {
        let (mut cpu, mut bytes, mut pods) = (kind.allocatable_millicpu, kind.allocatable_mib << 20, kind.max_pods);
        for spec in self.daemons.iter().filter(|it| runs_on(it, &labels, taints)) {
            let request = Request::of(spec, None, self.rules);
            (cpu, bytes, pods) = (cpu - request.millicpu, bytes - request.memory, pods - 1);
        }
        let mut allocatable = instances::allocatable(kind);
        allocatable.insert("cpu".into(), Quantity::millis(cpu.max(0)));
        allocatable.insert("memory".into(), Quantity::units(bytes.max(0)));
        allocatable.insert("pods".into(), Quantity::units(pods.max(0)));
        NodeFacts { name: "new".into(), labels, taints: taints.to_vec(), allocatable, ..NodeFacts::default() }
    }

    /// What a NodePool without nodes may add.
    ///
    /// # Errors
    /// In words: what of its requirements cannot be told.
    pub(crate) fn of_pool(&self, pool: &Object<NodePool>) -> Result<Vec<Arc<Offer>>, String> {
        let template = &pool.spec.template;
        let requirements = &template.spec.requirements;
        if let Some(it) = requirements.iter().find(|it| !is_told(&it.key)) {
            return Err(format!("its requirement on {} cannot be told of an instance type", it.key));
        }
        let named =
            |key: &str| requirements.iter().filter(|it| it.key == *key && it.operator == "In").flat_map(|it| &it.values).cloned().collect::<BTreeSet<Text>>();
        let mut zones = named(ZONE);
        zones.extend(self.zones.iter().cloned());
        if zones.is_empty() {
            return Err("neither it nor any node names a zone".to_owned());
        }
        // Without a word of it the images are taken to be for amd64, and Spot not to be wanted.
        let plain = |key: &str, default: &str| if requirements.iter().any(|it| it.key == *key) { None } else { Some(default.to_owned()) };
        let (arch, capacity) = (plain(ARCH, "amd64"), plain(CAPACITY, "on-demand"));
        let mut own = template.metadata.labels.clone();
        own.insert("karpenter.sh/nodepool".into(), pool.meta.name.clone());
        for it in requirements.iter().filter(|it| it.operator == "In" && is_own(&it.key)) {
            if let ([one], false) = (it.values.as_slice(), own.contains(&it.key)) {
                own.insert(it.key.clone(), one.clone());
            }
        }
        let prefix = ABOUT_INSTANCES[usize::from(template.spec.node_class_ref.as_ref().is_some_and(|it| it.group == "eks.amazonaws.com"))];
        let (of_place, of_kind): (Vec<&Requirement>, Vec<&Requirement>) =
            requirements.iter().filter(|it| !is_own(&it.key)).partition(|it| OF_PLACES.contains(&it.key.as_str()));
        let mut kinds: Vec<(InstanceType, Labels)> = Vec::new();
        for kind in types(|kind| arch.as_deref().is_none_or(|it| it == kind.arch)) {
            let mut labels = own.clone();
            describe(&mut labels, &kind, prefix);
            if of_kind.iter().all(|it| it.matches(&labels)) {
                kinds.push((kind, labels));
            }
        }
        if kinds.len() > FEW {
            let mut seen = BTreeSet::new();
            kinds.retain(|(it, _)| seen.insert((it.arch, it.vcpus, it.memory_mib, it.max_pods)));
        }
        let mut offers = Vec::new();
        for zone in &zones {
            for bought in ["on-demand", "spot"].into_iter().filter(|it| capacity.as_deref().is_none_or(|only| only == *it)) {
                let mut there = Labels::default();
                instances::place(&mut there, zone);
                there.insert(CAPACITY.into(), bought.into());
                if of_place.iter().all(|it| it.matches(&there)) {
                    let labels = |of_kind: &Labels| of_kind.iter().chain(there.iter()).map(|it| (it.0.clone(), it.1.clone())).collect();
                    offers.extend(kinds.iter().map(|it| Arc::new(self.offer(&it.0, labels(&it.1), &template.spec.taints, bought))));
                }
            }
        }
        if offers.is_empty() { Err("no instance type that is known meets its requirements".to_owned()) } else { Ok(offers) }
    }

    fn offer(&self, kind: &InstanceType, labels: Labels, taints: &[Taint], bought: &str) -> Offer {
        let mut capacity = ResourceList::default();
        capacity.insert("cpu".into(), Quantity::units(kind.vcpus));
        capacity.insert("memory".into(), Quantity::units(kind.memory_mib << 20));
        capacity.insert("nodes".into(), Quantity::units(1));
        // Prices are not known, and rise with cpu and memory.
        let price = kind.vcpus as f64 * 1000.0 + kind.memory_mib as f64 / 8.0;
        Offer { facts: self.node(kind, labels, taints), capacity, price: if bought == "spot" { price * SPOT } else { price } }
    }

    /// What a managed node group without nodes adds, one for each of its zones: Cluster Autoscaler goes by the first of its instance types.
    ///
    /// # Errors
    /// In words: what of the group cannot be told.
    pub(crate) fn of_group(&self, group: &account::NodeGroup, snapshot: &Snapshot) -> Result<Vec<NodeFacts>, String> {
        if group.ami_type.as_deref().is_some_and(|it| it.contains("WINDOWS")) {
            return Err("its nodes run Windows".to_owned());
        }
        let Some(name) = group.instance_types.first() else { return Err("its launch template, which names the instance type, was not read".to_owned()) };
        let Some(kind) = instance_types::find(name) else { return Err(format!("the table of instance types has no {name}")) };
        let groups = snapshot.account.auto_scaling_groups.known().into_iter().flatten().filter(|it| group.auto_scaling_groups.contains(&it.name));
        let subnets = snapshot.account.subnets.known().into_iter().flatten().filter(|it| group.subnets.contains(&it.id)).map(|it| it.zone.clone());
        let zones: BTreeSet<Text> = groups.flat_map(|it| it.zones.iter().cloned()).chain(subnets).collect();
        if zones.is_empty() {
            return Err("the zones of its subnets are not known".to_owned());
        }
        let of = |zone: &Text| {
            let mut labels = group.labels.clone();
            instances::describe(&mut labels, &kind);
            instances::place(&mut labels, zone);
            labels.insert("eks.amazonaws.com/nodegroup".into(), group.name.clone());
            labels.insert("eks.amazonaws.com/capacityType".into(), group.capacity_type.clone());
            self.node(&kind, labels, &group.taints)
        };
        Ok(zones.iter().map(of).collect())
    }
}

/// The instance types of the table, newest generation first.
fn types(wanted: impl Fn(&InstanceType) -> bool) -> Vec<InstanceType> {
    let mut all: Vec<InstanceType> = instance_types::all().into_iter().filter(wanted).collect();
    all.sort_by_key(|it| (std::cmp::Reverse(it.generation()), it.vcpus, it.name.clone()));
    all
}

/// Whether a requirement's key is one that is known of every instance, or the pool's own.
fn is_told(key: &str) -> bool {
    match ABOUT_INSTANCES.iter().find_map(|it| key.strip_prefix(it)) {
        Some(rest) => matches!(rest, "category" | "family" | "generation" | "size" | "cpu" | "memory" | "hypervisor") || ABSENT.contains(&rest),
        None => !matches!(key, "node.kubernetes.io/windows-build" | "topology.k8s.aws/zone-id") && !key.starts_with("karpenter.k8s.aws/"),
    }
}

/// A label that whoever wrote the pool made up: a pod may ask for it, and no instance is ruled out by it.
fn is_own(key: &str) -> bool {
    let known = [ARCH, "kubernetes.io/os", "node.kubernetes.io/instance-type"];
    !known.contains(&key) && !key.starts_with("beta.kubernetes.io/") && !OF_PLACES.contains(&key) && !ABOUT_INSTANCES.iter().any(|it| key.starts_with(it))
}

fn describe(labels: &mut Labels, kind: &InstanceType, prefix: &str) {
    let (generation, cpu, memory) = (kind.generation().to_string(), kind.vcpus.to_string(), kind.memory_mib.to_string());
    instances::describe(labels, kind);
    for (key, value) in [
        ("category", kind.category()),
        ("family", kind.family()),
        ("generation", &generation),
        ("size", kind.size()),
        ("cpu", &cpu),
        ("memory", &memory),
        ("hypervisor", "nitro"),
    ] {
        labels.insert(format!("{prefix}{key}").into(), value.into());
    }
}

/// Whether a DaemonSet's pod runs on a node of these labels and taints.
fn runs_on(spec: &PodSpec, labels: &Labels, taints: &[Taint]) -> bool {
    let tolerated = |taint: &Taint| &*taint.effect == "PreferNoSchedule" || spec.tolerations.iter().any(|it| it.tolerates(taint));
    accepts(spec, "new", labels) && taints.iter().all(tolerated)
}
