//! Sets of pods described by namespaces and labels, and the inter-pod affinity terms that point at them.

use std::collections::{BTreeMap, HashMap};

use seatrial_model::pod::PodAffinityTerm;
use seatrial_model::{LabelSelector, Labels, Requirement, Text};

use crate::counts::Counts;
use crate::ids::{ClassId, CounterId, KeyId, MaskId, PodSetId, TermId};

/// Which pods one term or constraint selects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Matcher {
    /// Namespaces by name, sorted.
    namespaces: Vec<Text>,
    /// Namespaces by label; `None` selects none.
    namespace_selector: Option<LabelSelector>,
    /// A namespace that is not known does not match the selector, not even one that asks for a label to be absent.
    known_only: bool,
    /// Pods by label; `None` selects none.
    selector: Option<LabelSelector>,
}

impl Matcher {
    /// Pods of one namespace.
    pub(crate) fn in_namespace(namespace: &Text, selector: Option<LabelSelector>) -> Self {
        Self { namespaces: vec![namespace.clone()], namespace_selector: None, known_only: false, selector }
    }

    /// Pods that a term of a pod in `namespace` with these labels selects. `own`: the term belongs to the pod being scheduled.
    ///
    /// Source: kubernetes kube-scheduler/framework/types.go newAffinityTerm, plugins/interpodaffinity/plugin.go.
    pub(crate) fn of_term(term: &PodAffinityTerm, namespace: &Text, labels: &Labels, own: bool) -> Self {
        let mut namespaces = term.namespaces.clone();
        if namespaces.is_empty() && term.namespace_selector.is_none() {
            namespaces.push(namespace.clone());
        }
        namespaces.sort();
        namespaces.dedup();
        let narrow = term.namespace_selector.as_ref().is_some_and(|it| !it.is_empty());
        let selector = term.label_selector.as_ref().map(|it| {
            let mut it = it.clone();
            merge(&mut it, &term.match_label_keys, labels, "In");
            merge(&mut it, &term.mismatch_label_keys, labels, "NotIn");
            it
        });
        Self { namespaces, namespace_selector: term.namespace_selector.clone(), known_only: own && narrow, selector }
    }

    fn in_scope(&self, namespace: &Text, known: &BTreeMap<Text, Labels>) -> bool {
        if self.namespaces.binary_search(namespace).is_ok() {
            return true;
        }
        let Some(selector) = &self.namespace_selector else { return false };
        match known.get(namespace) {
            Some(labels) => selector.matches(labels),
            None => !self.known_only && selector.matches(&Labels::default()),
        }
    }

    pub(crate) fn matches(&self, namespace: &Text, labels: &Labels, known: &BTreeMap<Text, Labels>) -> bool {
        self.selector.as_ref().is_some_and(|it| it.matches(labels)) && self.in_scope(namespace, known)
    }
}

/// Adds a condition for each of `keys` that the pod has as a label.
fn merge(selector: &mut LabelSelector, keys: &[Text], labels: &Labels, operator: &str) {
    for (key, value) in keys.iter().filter_map(|key| Some((key, labels.get(key)?))) {
        selector.match_expressions.push(Requirement { key: key.clone(), operator: operator.into(), values: vec![value.clone()] });
    }
}

/// The selector of a spread constraint with `matchLabelKeys` taken in.
pub(crate) fn spread_selector(selector: Option<&LabelSelector>, keys: &[Text], labels: &Labels) -> Option<LabelSelector> {
    let mut it = selector?.clone();
    merge(&mut it, keys, labels, "In");
    Some(it)
}

/// Pods that satisfy every matcher.
#[derive(Clone, Debug, Default)]
pub(crate) struct PodSet {
    pub(crate) matchers: Vec<Matcher>,
    /// Classes in the set.
    pub(crate) classes: Vec<ClassId>,
    pub(crate) counters: Vec<CounterId>,
    /// Terms of placed pods that select this set.
    pub(crate) terms: Vec<TermId>,
}

/// Pods of a set, counted by domain among the nodes of a mask.
#[derive(Clone, Debug)]
pub(crate) struct Counter {
    pub(crate) key: KeyId,
    pub(crate) mask: MaskId,
    /// Leave terminating pods out.
    pub(crate) live: bool,
    pub(crate) counts: Counts,
}

/// What a term of a placed pod means to the pods it selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum TermKind {
    /// They may not come into its domain.
    RequiredAnti,
    /// Its domain is worth this much to them.
    Weight(i64),
}

/// A term, with its owners counted by domain.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) kind: TermKind,
    pub(crate) key: KeyId,
    pub(crate) owners: Counts,
}

/// All sets, counters and terms.
#[derive(Clone, Debug, Default)]
pub(crate) struct PodSets {
    pub(crate) sets: Vec<PodSet>,
    by_matchers: HashMap<Vec<Matcher>, PodSetId>,
    /// Sets whose first matcher names namespaces, by namespace; the others are in `anywhere`.
    by_namespace: HashMap<Text, Vec<PodSetId>>,
    anywhere: Vec<PodSetId>,
    pub(crate) counters: Vec<Counter>,
    by_counter: HashMap<(PodSetId, KeyId, MaskId, bool), CounterId>,
    pub(crate) terms: Vec<Term>,
    by_term: HashMap<(PodSetId, KeyId, TermKind), TermId>,
}

impl PodSets {
    /// The set, and whether it is new.
    pub(crate) fn intern(&mut self, matchers: Vec<Matcher>) -> (PodSetId, bool) {
        if let Some(id) = self.by_matchers.get(&matchers) {
            return (*id, false);
        }
        let id = PodSetId::at(self.sets.len());
        match matchers.first() {
            Some(first) if first.namespace_selector.is_none() => {
                first.namespaces.iter().for_each(|it| self.by_namespace.entry(it.clone()).or_default().push(id));
            }
            _ => self.anywhere.push(id),
        }
        self.sets.push(PodSet { matchers: matchers.clone(), ..PodSet::default() });
        self.by_matchers.insert(matchers, id);
        (id, true)
    }

    /// Sets that pods of this namespace may be in.
    pub(crate) fn candidates(&self, namespace: &Text) -> impl Iterator<Item = PodSetId> + '_ {
        self.by_namespace.get(namespace).into_iter().flatten().chain(&self.anywhere).copied()
    }

    /// The single namespace all pods of the set are in, if the set says so.
    pub(crate) fn only_namespaces(&self, set: PodSetId) -> Option<&[Text]> {
        let first = self.sets[set.index()].matchers.first()?;
        first.namespace_selector.is_none().then_some(&first.namespaces)
    }

    /// The counter, and whether it is new.
    pub(crate) fn counter(&mut self, set: PodSetId, key: KeyId, mask: MaskId, live: bool) -> (CounterId, bool) {
        if let Some(id) = self.by_counter.get(&(set, key, mask, live)) {
            return (*id, false);
        }
        let id = CounterId::at(self.counters.len());
        self.counters.push(Counter { key, mask, live, counts: Counts::new() });
        self.sets[set.index()].counters.push(id);
        self.by_counter.insert((set, key, mask, live), id);
        (id, true)
    }

    /// The term, and whether it is new.
    pub(crate) fn term(&mut self, set: PodSetId, key: KeyId, kind: TermKind) -> (TermId, bool) {
        if let Some(id) = self.by_term.get(&(set, key, kind)) {
            return (*id, false);
        }
        let id = TermId::at(self.terms.len());
        self.terms.push(Term { kind, key, owners: Counts::new() });
        self.sets[set.index()].terms.push(id);
        self.by_term.insert((set, key, kind), id);
        (id, true)
    }
}
