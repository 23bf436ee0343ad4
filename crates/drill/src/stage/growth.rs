//! Nodes that come: whoever adds them, within which limits, and what is said of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use seatrial_model::{Labels, Quantity};
use seatrial_sim::NodeId;
use seatrial_sim::controllers::rehearsal::{Arrival, ClusterAutoscaler, Karpenter, NodeGroup, Offer, Orderer, Pool};

use super::{Stage, like};
use crate::judge::duration;
use crate::world::{Source, is_spot, zone_of};

impl Stage<'_> {
    /// The cluster's autoscalers go to work, where the inputs show any; `spot`: whether Spot instances can be had, `lost`: a zone in which none can.
    pub fn autoscale(&mut self, spot: bool, lost: &str) {
        self.autoscale_beside("", spot, lost);
    }

    /// The same, while one of the groups is updated: how many nodes that one has is then nobody else's business.
    pub fn autoscale_beside(&mut self, updated: &str, spot: bool, lost: &str) {
        let world = self.world;
        let found = &world.autoscaling;
        // Whoever thought of a node in the lost zone would wait for it in vain.
        let can = |labels: &Labels| (spot || !is_spot(labels)) && (lost.is_empty() || zone_of(labels) != lost);
        let models =
            |stage: &Self, it: &Source| -> Vec<NodeId> { it.models.iter().copied().filter(|it| can(stage.rehearsal.state.node_labels(*it))).collect() };
        for it in found.groups.iter().filter(|it| it.name != updated) {
            let alike = models(self, it).into_iter().map(|node| like(world, &self.rehearsal.state, node, "new"));
            let templates = alike.chain(it.templates.iter().filter(|it| can(&it.labels)).cloned()).collect();
            self.rehearsal.add_group(NodeGroup {
                name: it.name.as_str().into(),
                max: it.max,
                templates,
                nodes: it.nodes.iter().copied().collect(),
                ..NodeGroup::default()
            });
        }
        if !found.groups.is_empty() {
            self.rehearsal.cluster_autoscaler = Some(ClusterAutoscaler { runs_as: self.set_of(found.cluster_autoscaler), ..ClusterAutoscaler::default() });
        }
        let pools: Vec<Pool> = found
            .pools
            .iter()
            .map(|it| Pool {
                name: it.name.as_str().into(),
                weight: it.weight,
                limits: it.limits.clone(),
                offers: models(self, it)
                    .into_iter()
                    .map(|node| Arc::new(self.offer(it, node)))
                    .chain(it.offers.iter().filter(|it| can(&it.facts.labels)).cloned())
                    .collect(),
                nodes: it.nodes.iter().copied().collect(),
                capacity: it.capacity.clone(),
            })
            .collect();
        if !pools.is_empty() {
            let mut karpenter = Karpenter::of(pools);
            karpenter.runs_as = self.set_of(found.karpenter);
            self.rehearsal.karpenter = Some(karpenter);
        }
    }

    /// A set of a unit that this run touches: who runs and is not touched goes on running.
    fn set_of(&self, unit: Option<usize>) -> Option<usize> {
        self.world.units[unit?].sets.iter().find_map(|it| self.local(*it))
    }

    /// A node like this one, for what it holds: prices are not known, and rise with cpu and memory.
    fn offer(&self, source: &Source, node: NodeId) -> Offer {
        let usage = self.rehearsal.state.usage(node);
        let told = source.capacity.get(&node);
        let of = |name: &str, allocatable: Quantity| told.and_then(|it| it.get(name).copied()).unwrap_or(allocatable);
        let mut capacity = seatrial_model::ResourceList::default();
        capacity.insert("cpu".into(), of("cpu", Quantity::millis(usage.millicpu)));
        capacity.insert("memory".into(), of("memory", Quantity::units(usage.memory)));
        capacity.insert("nodes".into(), Quantity::units(1));
        let price = usage.millicpu as f64 + usage.memory as f64 / f64::from(1u32 << 23);
        Offer { facts: like(self.world, &self.rehearsal.state, node, "new"), capacity, price }
    }

    /// Nodes that an autoscaler has added.
    pub fn arrivals(&self) -> Vec<Arrival> {
        if self.rehearsal.cluster_autoscaler.is_none() && self.rehearsal.karpenter.is_none() {
            return Vec::new();
        }
        self.rehearsal.arrivals().into_iter().filter(|it| it.by != Orderer::Group).collect()
    }

    /// `Karpenter adds 2 nodes (m6i.xlarge in b), Ready after 1 m 53 s`, and the lines of the timeline; or, where pods wait, why nothing is added.
    pub fn tell_growth(&mut self, waiting: bool) -> Option<String> {
        let all = self.arrivals();
        for it in &all {
            let node = format!("Node {}", it.name);
            self.watch.mark(it.ordered, &format!("{} is ordered", instance(it)), &node, &format!("{}: pods find no place", name(it.by)));
            if let Some((_, at)) = it.joined {
                self.watch.mark(at, "a new node is Ready", &node, "the instance has joined");
            }
        }
        let who: BTreeSet<Orderer> = all.iter().map(|it| it.by).collect();
        let said = who.into_iter().map(|by| added(name(by), &all.iter().filter(|it| it.by == by).collect::<Vec<_>>()));
        let said: Vec<String> = said.chain(self.rehearsal.held_back.take().filter(|_| waiting).map(|why| format!("no node is added by {why}"))).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}

const fn name(by: Orderer) -> &'static str {
    match by {
        Orderer::Group => "its group",
        Orderer::ClusterAutoscaler => "Cluster Autoscaler",
        Orderer::Karpenter => "Karpenter",
    }
}

fn instance(it: &Arrival) -> &str {
    if it.instance_type.is_empty() { "an instance" } else { &it.instance_type }
}

fn added(by: &str, all: &[&Arrival]) -> String {
    let joined: Vec<i64> = all.iter().filter_map(|it| Some(it.joined?.1)).collect();
    let ready = match (joined.iter().max(), joined.len() == all.len()) {
        (Some(last), true) => format!("Ready after {}", duration(*last)),
        (Some(last), false) => format!("{} of them Ready after {}", joined.len(), duration(*last)),
        (None, _) => "not yet Ready".to_owned(),
    };
    let kind = |it: &&Arrival| if it.zone.is_empty() { instance(it).to_owned() } else { format!("{} in {}", instance(it), it.zone) };
    let kinds: BTreeSet<String> = all.iter().map(kind).collect();
    let kinds: Vec<String> = kinds.into_iter().collect();
    format!("{by} adds {} {} ({}), {ready}", all.len(), if all.len() == 1 { "node" } else { "nodes" }, kinds.join(", "))
}
