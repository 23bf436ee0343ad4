//! The cluster as the scheduler sees it: dense tables, and the changes that can be made and taken back.

use std::collections::BTreeMap;

use seatrial_model::{LabelSelector, Labels, Text, Version};

use crate::budgets::Budget;
use crate::ids::{BudgetId, ClassId, NodeId, PodId};
use crate::nodes::{NodeFacts, Nodes, Usage};
use crate::pods::Pods;
use crate::podsets::PodSets;
use crate::rows::Rows;
use crate::statics::Statics;
use crate::storage::Storage;
use crate::topology::{MaskRule, Topology};
use crate::undo::{Change, Undo};
use crate::version::Rules;

/// A selector of pods in one namespace: a Service, or a controller of the kinds that default spreading knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Controller {
    pub(crate) api_group: Text,
    pub(crate) kind: Text,
    pub(crate) name: Text,
    pub(crate) selector: Option<LabelSelector>,
}

/// The simulated cluster.
#[derive(Clone, Debug)]
pub struct State {
    pub(crate) rules: Rules,
    pub(crate) nodes: Nodes,
    pub(crate) pods: Pods,
    pub(crate) podsets: PodSets,
    pub(crate) topology: Topology,
    pub(crate) statics: Statics,
    pub(crate) rows: Rows,
    pub(crate) storage: Storage,
    pub(crate) budgets: Vec<Budget>,
    pub(crate) namespaces: BTreeMap<Text, Labels>,
    pub(crate) services: BTreeMap<Text, Vec<Labels>>,
    pub(crate) controllers: BTreeMap<Text, Vec<Controller>>,
    pub(crate) undo: Undo,
    /// Where the next search for feasible nodes starts in the visiting order.
    pub(crate) next_start: usize,
    pub(crate) order_stale: bool,
    /// Grows when nodes change; nodes per domain are counted afresh then.
    pub(crate) epoch: u32,
    pub(crate) populations: crate::rows::Populations,
    /// How many pods of each priority have a node.
    pub(crate) placed_at: BTreeMap<i32, u32>,
    /// Nominated pods anywhere.
    pub(crate) nominations: usize,
    /// Grows whenever something changed that could make room.
    pub(crate) frees: u64,
}

impl State {
    /// An empty cluster of a Kubernetes version.
    pub fn new(version: Version) -> Self {
        Self {
            rules: Rules::of(version),
            nodes: Nodes::default(),
            pods: Pods::default(),
            podsets: PodSets::default(),
            topology: Topology::new(),
            statics: Statics::default(),
            rows: Rows::default(),
            storage: Storage::default(),
            budgets: Vec::new(),
            namespaces: BTreeMap::new(),
            services: BTreeMap::new(),
            controllers: BTreeMap::new(),
            undo: Undo::default(),
            next_start: 0,
            order_stale: true,
            epoch: 0,
            populations: crate::rows::Populations::default(),
            placed_at: BTreeMap::new(),
            nominations: 0,
            frees: 0,
        }
    }

    /// The rules in force.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Makes a namespace and its labels known. Namespaces come before the pods whose affinity selects them.
    pub fn add_namespace(&mut self, name: &str, labels: Labels) {
        self.namespaces.insert(Text::new(name), labels);
    }

    /// Makes a Service's selector known; a Service without one selects nothing. Services come before the pods they select are scheduled.
    pub fn add_service(&mut self, namespace: &str, selector: Labels) {
        if !selector.is_empty() {
            self.services.entry(Text::new(namespace)).or_default().push(selector);
        }
    }

    /// Makes the selector of a ReplicaSet, StatefulSet or ReplicationController known.
    pub fn add_controller(&mut self, namespace: &str, api_version: &str, kind: &str, name: &str, selector: Option<LabelSelector>) {
        let api_group = Text::new(api_version.rsplit_once('/').map_or("", |it| it.0));
        let it = Controller { api_group, kind: Text::new(kind), name: Text::new(name), selector };
        self.controllers.entry(Text::new(namespace)).or_default().push(it);
    }

    /// Adds a disruption budget.
    pub fn add_budget(&mut self, budget: Budget) -> BudgetId {
        let id = BudgetId::at(self.budgets.len());
        for class in self.pods.classes.iter_mut().filter(|it| budget.protects(&it.namespace, &it.labels)) {
            class.budgets.push(id);
        }
        self.budgets.push(budget);
        id
    }

    /// Finds the budgets of a new class.
    pub(crate) fn protect(&mut self, class: ClassId) {
        let class = &mut self.pods.classes[class.index()];
        let protects = |at: &usize| self.budgets[*at].protects(&class.namespace, &class.labels);
        class.budgets = (0..self.budgets.len()).filter(protects).map(BudgetId::at).collect();
    }

    // ---- nodes ----

    /// Adds a node; one of that name that is there already is updated, as the scheduler's cache does it.
    pub fn add_node(&mut self, facts: NodeFacts) -> NodeId {
        if let Some(id) = self.nodes.find(&facts.name) {
            self.update_node(id, facts);
            return id;
        }
        let before = self.nodes.find_any(&facts.name).map(|it| (self.nodes.joined(it), Box::new(self.nodes.facts(it))));
        let id = self.nodes.add(facts);
        self.undo.push(match before {
            None => Change::NodeAdded(id),
            Some((joined, facts)) => Change::NodeReturned(id, joined, facts),
        });
        self.node_changed(id);
        self.order_stale = true;
        id
    }

    /// Changes labels, taints, allocatable amounts, images or the cordon of a node.
    pub fn update_node(&mut self, id: NodeId, facts: NodeFacts) {
        let old = self.nodes.facts(id);
        let moved = crate::nodes::zone_key(&old.labels) != crate::nodes::zone_key(&facts.labels);
        let joined = self.nodes.joined(id);
        self.write_node(id, facts);
        if moved {
            self.nodes.join_last(id);
        }
        self.undo.push(Change::NodeUpdated(id, joined, Box::new(old)));
    }

    pub(crate) fn write_node(&mut self, id: NodeId, facts: NodeFacts) {
        self.count_node(id, -1);
        self.nodes.set(id, facts);
        self.node_changed(id);
        self.count_node(id, 1);
        self.order_stale = true;
    }

    /// Takes a node and its pods away; the pods stay known, unbound.
    pub fn remove_node(&mut self, id: NodeId) -> Vec<PodId> {
        let pods = self.nodes.pods[id.index()].clone();
        pods.iter().rev().for_each(|pod| self.unbind(*pod));
        self.nodes.present[id.index()] = false;
        self.node_changed(id);
        self.order_stale = true;
        self.undo.push(Change::NodeRemoved(id));
        pods
    }

    pub(crate) fn node_changed(&mut self, id: NodeId) {
        let labels = &self.nodes.labels[id.index()];
        self.topology.place(id, labels);
        self.statics.refresh(id, &self.nodes);
        for at in 0..self.topology.masks.len() {
            let member = is_member(&self.nodes, &self.statics, &self.topology, &self.topology.masks[at].rule, id);
            let mask = &mut self.topology.masks[at].member;
            if mask.len() <= id.index() {
                mask.resize(id.index() + 1, false);
            }
            mask[id.index()] = member;
        }
        self.rows.touch(id);
        self.epoch += 1;
        self.frees += 1;
    }

    /// Counts all pods of a node in or out.
    fn count_node(&mut self, id: NodeId, delta: i32) {
        for at in 0..self.nodes.pods[id.index()].len() {
            let pod = self.nodes.pods[id.index()][at];
            self.count(pod, id, delta, true);
            if !self.pods.record(pod).terminating {
                self.count(pod, id, delta, false);
            }
        }
    }

    /// Number of nodes.
    pub fn node_count(&self) -> usize {
        self.nodes.present.iter().filter(|it| **it).count()
    }

    /// Nodes that exist, in the order they were added.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0..self.nodes.len()).map(NodeId::at).filter(|it| self.nodes.present[it.index()])
    }

    /// The node of this name.
    pub fn find_node(&self, name: &str) -> Option<NodeId> {
        self.nodes.find(name)
    }

    /// The name of a node.
    pub fn node_name(&self, id: NodeId) -> &Text {
        &self.nodes.name[id.index()]
    }

    /// Labels of a node.
    pub fn node_labels(&self, id: NodeId) -> &Labels {
        &self.nodes.labels[id.index()]
    }

    /// What a node has and what is asked of it.
    pub fn usage(&self, id: NodeId) -> &Usage {
        &self.nodes.usage[id.index()]
    }

    /// What the Node object says of a node.
    pub fn node_facts(&self, id: NodeId) -> NodeFacts {
        self.nodes.facts(id)
    }

    /// Pods on a node.
    pub fn pods_on(&self, id: NodeId) -> &[PodId] {
        &self.nodes.pods[id.index()]
    }
}

pub(crate) fn is_member(nodes: &Nodes, statics: &Statics, topology: &Topology, rule: &MaskRule, node: NodeId) -> bool {
    nodes.present[node.index()]
        && rule.affinity.is_none_or(|it| statics.affinities[it.index()].ok[node.index()])
        && rule.tolerations.is_none_or(|it| statics.tolerations[it.index()].hard[node.index()] == 0)
        && topology.has_all(&rule.keys, node)
}
