//! Topology keys: for each label key that a constraint names, the domain of every node.

use std::collections::HashMap;

use seatrial_model::{Labels, Text};

use crate::ids::{AffinityId, KeyId, MaskId, NONE, NodeId, TolerationsId};

/// `kubernetes.io/hostname`.
pub(crate) const HOSTNAME: &str = "kubernetes.io/hostname";
/// The node itself as a domain, whatever its labels.
pub(crate) const EACH_NODE: KeyId = KeyId(0);
/// The mask that holds every node.
pub(crate) const EVERY_NODE: MaskId = MaskId(0);

/// One key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Key {
    pub(crate) name: Text,
    /// Domain by node; [`NONE`] where the label is missing.
    pub(crate) domain: Vec<u32>,
    values: HashMap<Text, u32>,
    /// The label value of each domain.
    pub(crate) value: Vec<Text>,
    /// Some node lacks the label.
    pub(crate) has_gaps: bool,
}

/// A set of nodes: those that match the affinity, tolerate the taints and have all the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct MaskRule {
    pub(crate) affinity: Option<AffinityId>,
    pub(crate) tolerations: Option<TolerationsId>,
    pub(crate) keys: Vec<KeyId>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Mask {
    pub(crate) rule: MaskRule,
    pub(crate) member: Vec<bool>,
}

/// All keys and masks.
#[derive(Clone, Debug)]
pub(crate) struct Topology {
    pub(crate) keys: Vec<Key>,
    by_name: HashMap<Text, KeyId>,
    pub(crate) masks: Vec<Mask>,
    by_rule: HashMap<MaskRule, MaskId>,
}

impl Topology {
    pub(crate) fn new() -> Self {
        let everything = Mask::default();
        let by_rule = HashMap::from([(MaskRule::default(), EVERY_NODE)]);
        Self { keys: vec![Key::default()], by_name: HashMap::new(), masks: vec![everything], by_rule }
    }

    /// The key named `name`, made from the nodes' labels when it is new.
    pub(crate) fn key(&mut self, name: &Text, labels: &[Labels]) -> KeyId {
        if let Some(id) = self.by_name.get(name) {
            return *id;
        }
        let id = KeyId::at(self.keys.len());
        let mut key = Key { name: name.clone(), ..Key::default() };
        for (node, labels) in labels.iter().enumerate() {
            key.place(node, labels);
        }
        self.keys.push(key);
        self.by_name.insert(name.clone(), id);
        id
    }

    /// The mask of `rule`, filled by `member` when it is new.
    pub(crate) fn mask(&mut self, rule: MaskRule, nodes: usize, member: impl Fn(&Self, &MaskRule, NodeId) -> bool) -> MaskId {
        if let Some(id) = self.by_rule.get(&rule) {
            return *id;
        }
        let id = MaskId::at(self.masks.len());
        let set = (0..nodes).map(|at| member(self, &rule, NodeId::at(at))).collect();
        self.masks.push(Mask { rule: rule.clone(), member: set });
        self.by_rule.insert(rule, id);
        id
    }

    /// Takes in a new or changed node.
    pub(crate) fn place(&mut self, node: NodeId, labels: &Labels) {
        let own = &mut self.keys[0];
        if node.index() >= own.domain.len() {
            own.domain.resize(node.index() + 1, NONE);
        }
        own.domain[node.index()] = node.0;
        for key in &mut self.keys[1..] {
            key.place(node.index(), labels);
        }
    }

    #[inline]
    pub(crate) fn domain(&self, key: KeyId, node: NodeId) -> u32 {
        self.keys[key.index()].domain[node.index()]
    }

    pub(crate) fn has_all(&self, keys: &[KeyId], node: NodeId) -> bool {
        keys.iter().all(|key| self.domain(*key, node) != NONE)
    }

    #[inline]
    pub(crate) fn in_mask(&self, mask: MaskId, node: NodeId) -> bool {
        mask == EVERY_NODE || self.masks[mask.index()].member[node.index()]
    }
}

impl Key {
    fn place(&mut self, node: usize, labels: &Labels) {
        let domain = match labels.get(&self.name) {
            None => NONE,
            Some(value) => self.domain_of(value),
        };
        if node >= self.domain.len() {
            self.domain.resize(node + 1, NONE);
        }
        self.domain[node] = domain;
        self.has_gaps |= domain == NONE;
    }

    fn domain_of(&mut self, value: &Text) -> u32 {
        let next = u32::try_from(self.value.len()).unwrap_or(NONE);
        let id = *self.values.entry(value.clone()).or_insert(next);
        if id == next {
            self.value.push(value.clone());
        }
        id
    }
}
