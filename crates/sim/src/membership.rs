//! Which classes of pods are in which sets, and the counters and terms that follow from it.

use std::sync::Arc;

use crate::ids::{ClassId, NONE, NodeId, PodId, PodSetId, TermId};
use crate::podsets::{Matcher, TermKind};
use crate::state::{State, is_member};
use crate::topology::MaskRule;

impl State {
    /// Finds the sets that a new class is in, and makes those its terms point at.
    pub(crate) fn join_sets(&mut self, class: ClassId) {
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
