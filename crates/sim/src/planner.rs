//! Makes the plan of a class: looks up or creates everything its scheduling reads.

use std::sync::Arc;

use seatrial_model::pod::{NodeSelectorTerm, PodAffinityTerm, TopologySpreadConstraint};
use seatrial_model::{LabelSelector, Labels, PodSpec, Requirement, Text};

use crate::ids::{AffinityId, ClassId, TolerationsId};
use crate::plan::{OwnTerm, Plan, Spread};
use crate::pods::PodClass;
use crate::podsets::{Matcher, spread_selector};
use crate::state::State;
use crate::statics::normalized_image;
use crate::topology::{EACH_NODE, EVERY_NODE, HOSTNAME, MaskRule};

/// The system's default soft constraints: key and maximum skew.
///
/// Source: kubernetes plugins/podtopologyspread/plugin.go systemDefaultConstraints.
const DEFAULT_SPREAD: [(&str, i64); 2] = [(HOSTNAME, 3), ("topology.kubernetes.io/zone", 5)];

impl State {
    /// The plan of a class.
    pub(crate) fn plan(&mut self, class: ClassId) -> Arc<Plan> {
        self.statics.count_images(&self.nodes);
        if let Some(plan) = &self.pods.classes[class.index()].plan
            && !plan.absent_images.iter().any(|it| self.statics.knows_image(it))
        {
            return plan.clone();
        }
        let plan = Arc::new(self.make_plan(class));
        self.pods.classes[class.index()].plan = Some(plan.clone());
        plan
    }

    fn make_plan(&mut self, class: ClassId) -> Plan {
        let it = &self.pods.classes[class.index()];
        let (spec, shape) = (it.spec.clone(), it.shape);
        let node_affinity = spec.affinity.as_deref().and_then(|it| it.node_affinity.as_ref());
        let required = node_affinity.and_then(|it| it.required_during_scheduling_ignored_during_execution.as_ref());
        let terms = required.map(|it| it.node_selector_terms.as_slice());
        let preferred = node_affinity.map_or(&[][..], |it| &it.preferred_during_scheduling_ignored_during_execution);
        let tolerations = self.statics.tolerations(&spec, &self.nodes);
        let affinity = self.statics.affinity(&spec.node_selector, terms, &self.nodes);
        let allowed = self.statics.combined(tolerations, affinity, &self.nodes);
        let mut plan = Plan {
            shape: Some(shape),
            allowed: Some(allowed),
            row: Some(self.rows.row(shape, allowed)),
            tolerations: Some(tolerations),
            affinity,
            node_name: spec.node_name.clone().filter(|it| !it.is_empty()),
            pinned: terms.and_then(pinned_nodes),
            preferences: self.statics.preferences(preferred, &self.nodes),
            images: self.statics.images(&spec, self.rules.image_volumes_score(), &self.nodes),
            absent_images: self.absent_images(&spec),
            gated: !spec.scheduling_gates.is_empty(),
            ..Plan::default()
        };
        self.plan_spread(&mut plan, class, tolerations);
        self.plan_terms(&mut plan, class);
        plan
    }

    fn absent_images(&self, spec: &PodSpec) -> Vec<Text> {
        let mut names: Vec<Text> = spec.all_containers().map(|it| normalized_image(&it.image)).filter(|it| !self.statics.knows_image(it)).collect();
        names.sort();
        names.dedup();
        names
    }

    // ---- topology spread ----

    fn plan_spread(&mut self, plan: &mut Plan, class: ClassId, tolerations: TolerationsId) {
        let spec = self.pods.classes[class.index()].spec.clone();
        if spec.topology_spread_constraints.is_empty() {
            plan.soft = self.default_spread(class, plan.affinity);
            return;
        }
        plan.soft_needs_all_keys = true;
        let of = |action: &str| spec.topology_spread_constraints.iter().filter(|it| &*it.when_unsatisfiable == action).collect::<Vec<_>>();
        plan.hard = self.spread(class, &of("DoNotSchedule"), plan.affinity, tolerations, true);
        plan.soft = self.spread(class, &of("ScheduleAnyway"), plan.affinity, tolerations, false);
    }

    fn spread(
        &mut self,
        class: ClassId,
        constraints: &[&TopologySpreadConstraint],
        affinity: Option<AffinityId>,
        tolerations: TolerationsId,
        hard: bool,
    ) -> Vec<Spread> {
        let keys: Vec<_> = constraints.iter().map(|it| self.topology.key(&it.topology_key, &self.nodes.labels)).collect();
        let mut all_keys = keys.clone();
        all_keys.sort();
        all_keys.dedup();
        let mut made = Vec::new();
        for (constraint, key) in constraints.iter().zip(keys) {
            let labels = self.pods.classes[class.index()].labels.clone();
            let selector = spread_selector(constraint.label_selector.as_ref(), &constraint.match_label_keys, &labels);
            let rule = MaskRule {
                affinity: affinity.filter(|_| constraint.node_affinity_policy.as_deref() != Some("Ignore")),
                tolerations: Some(tolerations).filter(|_| constraint.node_taints_policy.as_deref() == Some("Honor")),
                keys: all_keys.clone(),
            };
            let mask = self.mask(rule);
            let is_hostname = &*constraint.topology_key == HOSTNAME;
            // A soft constraint on the hostname counts the node itself, whatever the policies say.
            let (count_key, count_mask) = if is_hostname && !hard { (EACH_NODE, EVERY_NODE) } else { (key, mask) };
            let selects_itself = selector.as_ref().is_some_and(|it| it.matches(&labels));
            let counter = self.spread_counter(class, selector, count_key, count_mask);
            made.push(Spread {
                key,
                is_hostname,
                max_skew: constraint.max_skew,
                min_domains: constraint.min_domains.unwrap_or(1),
                mask,
                counter,
                selects_itself,
            });
        }
        made
    }

    fn spread_counter(
        &mut self,
        class: ClassId,
        selector: Option<LabelSelector>,
        key: crate::ids::KeyId,
        mask: crate::ids::MaskId,
    ) -> Option<crate::ids::CounterId> {
        if selector.as_ref().is_some_and(LabelSelector::is_empty) {
            return None;
        }
        let namespace = self.pods.classes[class.index()].namespace.clone();
        let set = self.pod_set(vec![Matcher::in_namespace(&namespace, selector)]);
        Some(self.counter(set, key, mask, true))
    }

    fn default_spread(&mut self, class: ClassId, affinity: Option<AffinityId>) -> Vec<Spread> {
        let selector = self.default_selector(class);
        if selector.is_empty() {
            return Vec::new();
        }
        let mask = self.mask(MaskRule { affinity, ..MaskRule::default() });
        let mut made = Vec::new();
        for (name, max_skew) in DEFAULT_SPREAD {
            let key = self.topology.key(&name.into(), &self.nodes.labels);
            let is_hostname = name == HOSTNAME;
            let (count_key, count_mask) = if is_hostname { (EACH_NODE, EVERY_NODE) } else { (key, mask) };
            let counter = self.spread_counter(class, Some(selector.clone()), count_key, count_mask);
            made.push(Spread { key, is_hostname, max_skew, min_domains: 1, mask, counter, selects_itself: true });
        }
        made
    }

    /// The selectors of the pod's Services and of its controller, together.
    ///
    /// Source: kubernetes plugins/helper/spread.go DefaultSelector.
    pub(crate) fn default_selector(&self, class: ClassId) -> LabelSelector {
        let it = &self.pods.classes[class.index()];
        let selecting = self.services.get(&it.namespace).into_iter().flatten().filter(|selector| {
            let labels = &it.labels;
            selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        });
        let mut merged = LabelSelector::default();
        for (key, value) in selecting.flat_map(Labels::iter) {
            merged.match_labels.insert(key.clone(), value.clone());
        }
        if let Some(own) = self.controller_selector(it) {
            for (key, value) in own.match_labels.iter() {
                let values = vec![value.clone()];
                merged.match_expressions.push(Requirement { key: key.clone(), operator: "In".into(), values });
            }
            merged.match_expressions.extend(own.match_expressions.iter().cloned());
        }
        merged
    }

    fn controller_selector(&self, class: &PodClass) -> Option<&LabelSelector> {
        let owner = class.owner.as_ref()?;
        let group = owner.api_version.rsplit_once('/').map_or("", |it| it.0);
        let known = matches!((group, &*owner.kind), ("apps", "ReplicaSet" | "StatefulSet") | ("", "ReplicationController"));
        if !known {
            return None;
        }
        let all = self.controllers.get(&class.namespace)?;
        all.iter().find(|it| it.name == owner.name && it.kind == owner.kind && it.api_group == *group)?.selector.as_ref()
    }

    // ---- inter-pod affinity ----

    fn plan_terms(&mut self, plan: &mut Plan, class: ClassId) {
        let spec = self.pods.classes[class.index()].spec.clone();
        let Some(affinity) = spec.affinity.as_deref() else { return };
        if let Some(pod) = &affinity.pod_affinity {
            let required = &pod.required_during_scheduling_ignored_during_execution;
            if !required.is_empty() {
                let matchers = required.iter().map(|it| self.matcher(class, it)).collect();
                let set = self.pod_set(matchers);
                plan.attracts_itself = self.in_set(set, class);
                plan.affinity_terms = required.iter().map(|it| self.own_term(set, it, 0)).collect();
            }
            for term in &pod.preferred_during_scheduling_ignored_during_execution {
                plan.preferred_terms.push(self.lone_term(class, &term.pod_affinity_term, term.weight));
            }
        }
        if let Some(pod) = &affinity.pod_anti_affinity {
            for term in &pod.required_during_scheduling_ignored_during_execution {
                plan.anti_terms.push(self.lone_term(class, term, 0));
            }
            for term in &pod.preferred_during_scheduling_ignored_during_execution {
                plan.preferred_terms.push(self.lone_term(class, &term.pod_affinity_term, -term.weight));
            }
        }
    }

    fn matcher(&self, class: ClassId, term: &PodAffinityTerm) -> Matcher {
        let it = &self.pods.classes[class.index()];
        Matcher::of_term(term, &it.namespace, &it.labels, true)
    }

    fn lone_term(&mut self, class: ClassId, term: &PodAffinityTerm, weight: i64) -> OwnTerm {
        let matcher = self.matcher(class, term);
        let set = self.pod_set(vec![matcher]);
        self.own_term(set, term, weight)
    }

    fn own_term(&mut self, set: crate::ids::PodSetId, term: &PodAffinityTerm, weight: i64) -> OwnTerm {
        let key = self.topology.key(&term.topology_key, &self.nodes.labels);
        OwnTerm { key, counter: self.counter(set, key, EVERY_NODE, false), weight }
    }
}

/// The nodes that required affinity names, if every term names some.
///
/// Source: kubernetes plugins/nodeaffinity/node_affinity.go PreFilter.
fn pinned_nodes(terms: &[NodeSelectorTerm]) -> Option<Vec<Text>> {
    if terms.is_empty() {
        return None;
    }
    let mut all: Vec<Text> = Vec::new();
    for term in terms {
        let mut named = term.match_fields.iter().filter(|it| &*it.key == "metadata.name" && &*it.operator == "In");
        let mut names = named.next()?.values.clone();
        for more in named {
            names.retain(|it| more.values.contains(it));
        }
        all.extend(names);
    }
    all.sort();
    all.dedup();
    Some(all)
}
