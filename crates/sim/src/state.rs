//! The cluster as the scheduler sees it: dense tables, and the changes that can be made and taken back.

use std::collections::BTreeMap;
use std::sync::Arc;

use seatrial_model::{LabelSelector, Labels, Text, Version};

use crate::budgets::Budget;
use crate::ids::{BudgetId, ClaimId, ClassId, NONE, NodeId, PodId, PodSetId, TermId};
use crate::nodes::{NodeFacts, Nodes, Usage, scalar};
use crate::pods::{PodFacts, Pods};
use crate::podsets::{Matcher, PodSets, TermKind};
use crate::requests::Request;
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
        self.budgets.push(budget);
        id
    }

    // ---- nodes ----

    /// Adds a node.
    pub fn add_node(&mut self, facts: NodeFacts) -> NodeId {
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

    // ---- pods ----

    /// Makes a pod known, without a node.
    pub fn add_pod(&mut self, facts: &PodFacts) -> PodId {
        let request = Request::of(&facts.spec, facts.status.as_deref(), self.rules);
        let (class, new) = self.pods.class(facts, request);
        if new {
            self.join_sets(class);
        }
        let id = self.pods.push(facts, class);
        self.undo.push(Change::PodAdded(id));
        id
    }

    /// Forgets a pod: unbound, not nominated, its name free.
    pub fn delete_pod(&mut self, id: PodId) {
        if self.pods.record(id).node != NONE {
            self.unbind(id);
        }
        self.nominate(id, None);
        self.pods.all[id.index()].deleted = true;
        self.undo.push(Change::PodDeleted(id));
    }

    /// Puts a pod on a node, whatever the filters say.
    pub fn bind(&mut self, id: PodId, node: NodeId) {
        self.attach(id, node);
        self.undo.push(Change::Bound(id));
    }

    /// Takes a pod off its node.
    pub fn unbind(&mut self, id: PodId) {
        let record = self.pods.record(id);
        let (node, in_node, in_class) = (NodeId(record.node), record.slot_in_node, record.slot_in_class);
        self.detach(id);
        self.undo.push(Change::Unbound { pod: id, node, in_node, in_class });
    }

    /// Asks for a pod's deletion: it keeps its resources until it is deleted, but spread constraints no longer count it.
    pub fn terminate(&mut self, id: PodId) {
        if self.set_terminating(id, true) {
            self.undo.push(Change::Terminating(id));
        }
    }

    /// The same for a victim of a preemption.
    pub fn terminate_preempted(&mut self, id: PodId) {
        self.terminate(id);
        self.pods.all[id.index()].preempted = true;
    }

    pub(crate) fn set_terminating(&mut self, id: PodId, terminating: bool) -> bool {
        let record = &mut self.pods.all[id.index()];
        if record.terminating == terminating {
            return false;
        }
        record.terminating = terminating;
        if record.node != NONE {
            let node = NodeId(record.node);
            self.count(id, node, if terminating { -1 } else { 1 }, false);
        }
        true
    }

    /// Sets when a pod started, in nanoseconds since the epoch.
    pub fn set_start(&mut self, id: PodId, start: Option<i64>) {
        let start = start.unwrap_or(i64::MAX);
        let old = std::mem::replace(&mut self.pods.all[id.index()].start, start);
        self.undo.push(Change::Started(id, old));
    }

    /// Nominates a pod to a node, or takes the nomination back.
    pub fn nominate(&mut self, id: PodId, node: Option<NodeId>) {
        let new = node.map_or(NONE, |it| it.0);
        let old = self.pods.record(id).nominated;
        if old != new {
            self.set_nominated(id, new);
            self.undo.push(Change::Nominated(id, old));
        }
    }

    pub(crate) fn set_nominated(&mut self, id: PodId, node: u32) {
        let old = std::mem::replace(&mut self.pods.all[id.index()].nominated, node);
        if old != NONE {
            self.nodes.nominated[old as usize].retain(|it| *it != id);
            self.nominations -= 1;
            self.frees += 1;
        }
        if node != NONE {
            let list = &mut self.nodes.nominated[node as usize];
            list.insert(list.partition_point(|it| *it < id), id);
            self.nominations += 1;
        }
    }

    /// The pod of this namespace and name.
    pub fn find_pod(&self, namespace: &str, name: &str) -> Option<PodId> {
        self.pods.find(namespace, name).filter(|it| !self.pods.record(*it).deleted)
    }

    /// Namespace and name of a pod.
    pub fn pod_name(&self, id: PodId) -> (&Text, &Text) {
        (&self.pods.class_of(id).namespace, &self.pods.record(id).name)
    }

    /// The node of a pod.
    pub fn node_of(&self, id: PodId) -> Option<NodeId> {
        let node = self.pods.record(id).node;
        (node != NONE).then_some(NodeId(node))
    }

    /// The node a pod is nominated to.
    pub fn nominated_node(&self, id: PodId) -> Option<NodeId> {
        let node = self.pods.record(id).nominated;
        (node != NONE).then_some(NodeId(node))
    }

    /// Whether a pod's deletion was asked for.
    pub fn is_terminating(&self, id: PodId) -> bool {
        self.pods.record(id).terminating
    }

    /// Labels of a pod.
    pub fn pod_labels(&self, id: PodId) -> &Labels {
        &self.pods.class_of(id).labels
    }

    /// Priority of a pod.
    pub fn priority(&self, id: PodId) -> i32 {
        self.pods.class_of(id).priority
    }

    /// What a pod asks for.
    pub fn request(&self, id: PodId) -> &Request {
        self.pods.request(id)
    }

    // ---- accounts ----

    pub(crate) fn attach(&mut self, id: PodId, node: NodeId) {
        let at = node.index();
        let class = self.pods.record(id).class;
        let in_node = self.nodes.pods[at].len() as u32;
        self.nodes.pods[at].push(id);
        let placed = &mut self.pods.classes[class.index()].placed;
        let in_class = placed.len() as u32;
        placed.push(id);
        let record = &mut self.pods.all[id.index()];
        (record.node, record.slot_in_node, record.slot_in_class) = (node.0, in_node, in_class);
        let live = !record.terminating;
        self.account(id, node, 1);
        self.count(id, node, 1, true);
        if live {
            self.count(id, node, 1, false);
        }
    }

    pub(crate) fn detach(&mut self, id: PodId) {
        self.frees += 1;
        let record = &mut self.pods.all[id.index()];
        let (node, in_node, in_class, class, live) = (record.node, record.slot_in_node, record.slot_in_class, record.class, !record.terminating);
        (record.node, record.slot_in_node, record.slot_in_class) = (NONE, NONE, NONE);
        let pods = &mut self.nodes.pods[node as usize];
        pods.swap_remove(in_node as usize);
        if let Some(moved) = pods.get(in_node as usize) {
            self.pods.all[moved.index()].slot_in_node = in_node;
        }
        let placed = &mut self.pods.classes[class.index()].placed;
        placed.swap_remove(in_class as usize);
        if let Some(moved) = placed.get(in_class as usize) {
            self.pods.all[moved.index()].slot_in_class = in_class;
        }
        let node = NodeId(node);
        self.account(id, node, -1);
        self.count(id, node, -1, true);
        if live {
            self.count(id, node, -1, false);
        }
    }

    /// Puts a pod that was just attached at the places it had before.
    pub(crate) fn reseat(&mut self, id: PodId, in_node: u32, in_class: u32) {
        let record = &self.pods.all[id.index()];
        let (node, class, from_node, from_class) = (record.node as usize, record.class, record.slot_in_node, record.slot_in_class);
        self.nodes.pods[node].swap(in_node as usize, from_node as usize);
        let moved = self.nodes.pods[node][from_node as usize];
        self.pods.all[moved.index()].slot_in_node = from_node;
        self.pods.all[id.index()].slot_in_node = in_node;
        let placed = &mut self.pods.classes[class.index()].placed;
        placed.swap(in_class as usize, from_class as usize);
        let moved = placed[from_class as usize];
        self.pods.all[moved.index()].slot_in_class = from_class;
        self.pods.all[id.index()].slot_in_class = in_class;
    }

    fn account(&mut self, id: PodId, node: NodeId, sign: i64) {
        let class = &self.pods.classes[self.pods.all[id.index()].class.index()];
        let request = &self.pods.shapes[class.shape.index()];
        let at = node.index();
        let usage = &mut self.nodes.usage[at];
        usage.requested_millicpu += sign * request.millicpu;
        usage.requested_memory += sign * request.memory;
        usage.requested_ephemeral_storage += sign * request.ephemeral_storage;
        usage.nonzero_millicpu += sign * request.nonzero_millicpu;
        usage.nonzero_memory += sign * request.nonzero_memory;
        usage.placed += sign;
        for (name, amount) in request.scalars.iter().filter(|it| it.1 != 0) {
            scalar(&mut self.nodes.scalars[at], name).requested += sign * amount;
        }
        if !request.scalars.is_empty() {
            self.nodes.scalars[at].retain(|it| it.allocatable != 0 || it.requested != 0);
        }
        self.rows.touch(node);
        if !class.ports.is_empty() {
            let ports = &mut self.nodes.ports[at];
            if sign > 0 { ports.take(&class.ports) } else { ports.free(&class.ports) }
        }
        if class.has_volumes {
            self.account_volumes(id, node, sign);
        }
    }

    fn account_volumes(&mut self, id: PodId, node: NodeId, sign: i64) {
        let (class, name) = (self.pods.class_of(id), &self.pods.record(id).name);
        let spec = class.spec.clone();
        let claims: Vec<ClaimId> = self.storage.claims_of(&spec, &class.namespace, name).filter_map(Result::ok).collect();
        for claim in &claims {
            let users = &mut self.storage.claims[claim.index()].users;
            *users = users.saturating_add_signed(sign as i32);
        }
        let volumes = match sign > 0 {
            true => {
                let mut all: Vec<_> = claims.iter().filter_map(|it| self.storage.counted(*it)).collect();
                all.extend(self.storage.inline(&spec));
                all.sort();
                all.dedup();
                self.storage.mounted.insert(id, all.clone().into());
                all.into_boxed_slice()
            }
            false => self.storage.mounted.remove(&id).unwrap_or_default(),
        };
        let held = &mut self.nodes.volumes[node.index()];
        for volume in volumes {
            match held.binary_search_by_key(&volume, |it| it.0) {
                Ok(at) if sign < 0 && held[at].1 == 1 => drop(held.remove(at)),
                Ok(at) => held[at].1 = held[at].1.saturating_add_signed(sign as i32),
                Err(at) if sign > 0 => held.insert(at, (volume, 1)),
                Err(_) => {}
            }
        }
    }

    /// Counts a pod in or out: everywhere it counts while it holds resources (`held`), or where only live pods count.
    fn count(&mut self, id: PodId, node: NodeId, delta: i32, held: bool) {
        let class = &self.pods.classes[self.pods.all[id.index()].class.index()];
        for counter in &class.counters {
            let counter = &mut self.podsets.counters[counter.index()];
            if counter.live == held || !self.topology.in_mask(counter.mask, node) {
                continue;
            }
            let domain = self.topology.domain(counter.key, node);
            if domain != NONE {
                counter.counts.add(domain, delta);
            }
        }
        if !held {
            return;
        }
        for term in &class.owns {
            let term = &mut self.podsets.terms[term.index()];
            let domain = self.topology.domain(term.key, node);
            if domain != NONE {
                term.owners.add(domain, delta);
            }
        }
    }

    // ---- sets ----

    /// Finds the sets that a new class is in, and makes those its terms point at.
    fn join_sets(&mut self, class: ClassId) {
        let it = &self.pods.classes[class.index()];
        let (namespace, labels, spec) = (it.namespace.clone(), it.labels.clone(), it.spec.clone());
        let candidates: Vec<PodSetId> = self.podsets.candidates(&namespace).collect();
        for set in candidates {
            if self.set_holds(set, class) {
                self.enter(class, set);
            }
        }
        let Some(affinity) = spec.affinity.as_deref() else { return };
        let mut terms: Vec<(&seatrial_model::pod::PodAffinityTerm, TermKind)> = Vec::new();
        if let Some(pod) = &affinity.pod_affinity {
            // Source: kubernetes pkg/scheduler/apis/config/v1/defaults.go: hardPodAffinityWeight is 1.
            terms.extend(pod.required_during_scheduling_ignored_during_execution.iter().map(|it| (it, TermKind::Weight(1))));
            terms.extend(pod.preferred_during_scheduling_ignored_during_execution.iter().map(|it| (&it.pod_affinity_term, TermKind::Weight(it.weight))));
        }
        if let Some(pod) = &affinity.pod_anti_affinity {
            terms.extend(pod.required_during_scheduling_ignored_during_execution.iter().map(|it| (it, TermKind::RequiredAnti)));
            terms.extend(pod.preferred_during_scheduling_ignored_during_execution.iter().map(|it| (&it.pod_affinity_term, TermKind::Weight(-it.weight))));
        }
        for (term, kind) in terms {
            let set = self.pod_set(vec![Matcher::of_term(term, &namespace, &labels, false)]);
            let key = self.topology.key(&term.topology_key, &self.nodes.labels);
            let (id, new) = self.podsets.term(set, key, kind);
            if new {
                for at in 0..self.podsets.sets[set.index()].classes.len() {
                    let selected = self.podsets.sets[set.index()].classes[at];
                    self.pods.classes[selected.index()].selected_by.push(id);
                }
            }
            self.pods.classes[class.index()].owns.push(id);
        }
    }

    fn set_holds(&self, set: PodSetId, class: ClassId) -> bool {
        let it = &self.pods.classes[class.index()];
        let matchers = &self.podsets.sets[set.index()].matchers;
        !matchers.is_empty() && matchers.iter().all(|matcher| matcher.matches(&it.namespace, &it.labels, &self.namespaces))
    }

    fn enter(&mut self, class: ClassId, set: PodSetId) {
        let set = &mut self.podsets.sets[set.index()];
        set.classes.push(class);
        let it = &mut self.pods.classes[class.index()];
        it.counters.extend_from_slice(&set.counters);
        it.selected_by.extend_from_slice(&set.terms);
    }

    /// The set of the pods that satisfy all matchers.
    pub(crate) fn pod_set(&mut self, matchers: Vec<Matcher>) -> PodSetId {
        let (set, new) = self.podsets.intern(matchers);
        if new {
            for class in self.pods.classes_in(self.podsets.only_namespaces(set)) {
                if self.set_holds(set, class) {
                    self.enter(class, set);
                }
            }
        }
        set
    }

    /// Whether a class is in a set.
    pub(crate) fn in_set(&self, set: PodSetId, class: ClassId) -> bool {
        self.set_holds(set, class)
    }

    /// The counter of a set, filled from the pods already placed when it is new.
    pub(crate) fn counter(&mut self, set: PodSetId, key: crate::ids::KeyId, mask: crate::ids::MaskId, live: bool) -> crate::ids::CounterId {
        let (id, new) = self.podsets.counter(set, key, mask, live);
        if !new {
            return id;
        }
        for at in 0..self.podsets.sets[set.index()].classes.len() {
            let class = self.podsets.sets[set.index()].classes[at];
            self.pods.classes[class.index()].counters.push(id);
            for pod in &self.pods.classes[class.index()].placed {
                let record = &self.pods.all[pod.index()];
                let node = NodeId(record.node);
                let domain = self.topology.domain(key, node);
                if domain != NONE && self.topology.in_mask(mask, node) && !(live && record.terminating) {
                    self.podsets.counters[id.index()].counts.add(domain, 1);
                }
            }
        }
        id
    }

    /// The mask of a rule.
    pub(crate) fn mask(&mut self, rule: MaskRule) -> crate::ids::MaskId {
        let (nodes, statics) = (&self.nodes, &self.statics);
        self.topology.mask(rule, nodes.len(), |topology, rule, node| is_member(nodes, statics, topology, rule, node))
    }

    /// The owners of a term in each domain.
    pub(crate) fn owners(&self, term: TermId) -> &crate::podsets::Term {
        &self.podsets.terms[term.index()]
    }

    /// What placement reads of a pod's specification.
    pub fn spec(&self, id: PodId) -> &Arc<seatrial_model::PodSpec> {
        &self.pods.class_of(id).spec
    }
}

fn is_member(nodes: &Nodes, statics: &Statics, topology: &Topology, rule: &MaskRule, node: NodeId) -> bool {
    nodes.present[node.index()]
        && rule.affinity.is_none_or(|it| statics.affinities[it.index()].ok[node.index()])
        && rule.tolerations.is_none_or(|it| statics.tolerations[it.index()].hard[node.index()] == 0)
        && topology.has_all(&rule.keys, node)
}
