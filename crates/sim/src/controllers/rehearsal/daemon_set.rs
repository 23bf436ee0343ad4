//! DaemonSets: one pod on every node that the template may run on.
//!
//! Source: kubernetes pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod, util/daemonset_util.go.

use std::collections::BTreeMap;
use std::sync::Arc;

use seatrial_model::pod::{Affinity, NodeAffinity, NodeSelector, NodeSelectorTerm, Toleration};
use seatrial_model::{PodSpec, Requirement};

use super::Rehearsal;
use crate::filter::Plugin;
use crate::ids::{NodeId, PodId};
use crate::pods::PodFacts;

/// Taints that every pod of a DaemonSet tolerates, with their effects.
const TOLERATED: [(&str, &str); 6] = [
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
];

impl Rehearsal {
    /// Nodes came, went or changed.
    pub(super) fn nodes_changed(&mut self) {
        for at in 0..self.sets.len() {
            if &*self.sets[at].kind == "DaemonSet" {
                self.changed_set(at);
            }
        }
        self.wake();
    }

    pub(super) fn sync_daemon(&mut self, at: usize) {
        let mut on: BTreeMap<NodeId, PodId> = BTreeMap::new();
        for (pod, _) in self.members(at) {
            if let Some(node) = self.state.node_of(pod).or_else(|| pinned(self.state.spec(pod)).and_then(|it| self.state.find_node(it))) {
                on.insert(node, pod);
            }
        }
        let probe = self.probe(at);
        let nodes: Vec<NodeId> = self.state.node_ids().collect();
        let mut wanted = 0;
        for node in nodes {
            let (run, stay) = self.should_run(probe, node);
            wanted += i64::from(run);
            match on.get(&node).copied() {
                None if run => {
                    let spec = pin(&self.state.spec(probe).clone(), self.state.node_name(node));
                    let name = format!("{}-made{}", self.sets[at].name, self.serial);
                    if !self.make_of(at, name, Arc::new(spec)) {
                        return self.back_off(at);
                    }
                }
                Some(pod) if !stay => self.stop(pod, "its DaemonSet does not run on this node"),
                _ => {}
            }
        }
        self.refusals.remove(&at);
        self.sets[at].desired = wanted;
    }

    /// Whether a new pod is to run on a node, and whether one that runs may stay.
    fn should_run(&mut self, probe: PodId, node: NodeId) -> (bool, bool) {
        let affine = [Plugin::NodeAffinity, Plugin::NodeName].into_iter().all(|it| self.state.plugin_refusal(probe, node, it).is_none());
        let tolerated = self.state.plugin_refusal(probe, node, Plugin::TaintToleration).is_none();
        let tolerations = self.state.spec(probe).tolerations.clone();
        let taints = self.state.node_facts(node).taints;
        let evicted = taints.iter().any(|taint| &*taint.effect == "NoExecute" && !tolerations.iter().any(|it| it.tolerates(taint)));
        (affine && tolerated, affine && !evicted)
    }

    /// A pod of the template that is asked about nodes and never placed.
    fn probe(&mut self, at: usize) -> PodId {
        if let Some((spec, probe)) = self.probes.get(&at)
            && Arc::ptr_eq(spec, &self.sets[at].spec)
        {
            return *probe;
        }
        let set = self.sets[at].clone();
        let mut spec = (*set.spec).clone();
        for (key, effect) in TOLERATED {
            let toleration = Toleration { key: Some(key.into()), operator: Some("Exists".into()), effect: Some(effect.into()), ..Toleration::default() };
            if !spec.tolerations.contains(&toleration) {
                spec.tolerations.push(toleration);
            }
        }
        let name = format!("{} probe {}", set.name, self.probes.len());
        let facts = PodFacts { namespace: set.namespace, name: name.into(), labels: set.labels, spec: Arc::new(spec), ..PodFacts::default() };
        let probe = self.state.add_pod(&facts);
        self.probes.insert(at, (set.spec, probe));
        probe
    }

    /// Puts the pods of all DaemonSets on a node that is only thought of.
    pub(super) fn furnish(&mut self, node: NodeId) {
        for at in 0..self.sets.len() {
            if &*self.sets[at].kind != "DaemonSet" {
                continue;
            }
            // Probes outlive the thought: they were made before it.
            let Some((_, probe)) = self.probes.get(&at).cloned() else { continue };
            if self.should_run(probe, node).0 {
                let spec = self.state.spec(probe).clone();
                let name = format!("{} thought {}", self.sets[at].name, node.0);
                let facts = PodFacts { namespace: self.sets[at].namespace.clone(), name: name.into(), spec, ..PodFacts::default() };
                let pod = self.state.add_pod(&facts);
                self.state.bind(pod, node);
            }
        }
    }

    /// Makes the probes that thinking of nodes needs.
    pub(super) fn prepare_probes(&mut self) {
        for at in 0..self.sets.len() {
            if &*self.sets[at].kind == "DaemonSet" {
                self.probe(at);
            }
        }
    }
}

/// The node that a pod of a DaemonSet is made for.
fn pinned(spec: &PodSpec) -> Option<&str> {
    let required = spec.affinity.as_ref()?.node_affinity.as_ref()?.required_during_scheduling_ignored_during_execution.as_ref()?;
    let field = required.node_selector_terms.iter().flat_map(|it| &it.match_fields).find(|it| &*it.key == "metadata.name")?;
    field.values.first().map(|it| it.as_str())
}

/// The template for one node: its required node affinity becomes the node's name.
fn pin(spec: &PodSpec, node: &str) -> PodSpec {
    let mut spec = spec.clone();
    let field = Requirement { key: "metadata.name".into(), operator: "In".into(), values: vec![node.into()] };
    let term = NodeSelectorTerm { match_expressions: Vec::new(), match_fields: vec![field] };
    let mut affinity = spec.affinity.take().map(|it| *it).unwrap_or_default();
    let node_affinity: &mut NodeAffinity = affinity.node_affinity.get_or_insert_with(NodeAffinity::default);
    let terms = node_affinity.required_during_scheduling_ignored_during_execution.take().map(|it| it.node_selector_terms).unwrap_or_default();
    let narrowed = |it: NodeSelectorTerm| NodeSelectorTerm { match_expressions: it.match_expressions, match_fields: term.match_fields.clone() };
    let terms = if terms.is_empty() { vec![term.clone()] } else { terms.into_iter().map(narrowed).collect() };
    node_affinity.required_during_scheduling_ignored_during_execution = Some(NodeSelector { node_selector_terms: terms });
    spec.affinity = Some(Box::<Affinity>::new(affinity));
    spec
}
