//! Auto Scaling groups: instances that come after a while, in the zone that has the fewest, and are replaced when they are lost.

use std::collections::BTreeSet;

use seatrial_model::Text;

use super::{Event, Rehearsal};
use crate::controllers::latencies::{GROUP_REPLACE, NODE_PROVISION};
use crate::ids::NodeId;
use crate::nodes::NodeFacts;

/// A node group.
#[derive(Clone, Debug, Default)]
pub struct NodeGroup {
    /// Name.
    pub name: Text,
    /// Fewest nodes.
    pub min: i64,
    /// Most nodes.
    pub max: i64,
    /// How many it is to have: `desiredCapacity`.
    pub desired: i64,
    /// What a new node is like: one for each zone.
    pub templates: Vec<NodeFacts>,
    /// Its nodes.
    pub nodes: BTreeSet<NodeId>,
    /// Zones in which no instance can be launched.
    pub closed: BTreeSet<Text>,
    /// Whether instances that are lost are replaced. Clusters without the group's events have this off.
    pub heals: bool,
}

/// An instance on its way.
#[derive(Clone, Debug)]
pub(super) struct Launch {
    pub(super) source: Source,
    pub(super) facts: NodeFacts,
    pub(super) ordered: i64,
    pub(super) joined: Option<NodeId>,
    pub(super) joined_at: i64,
    /// It never came.
    pub(super) lost: bool,
    /// Who asked for it.
    pub(super) by: Orderer,
}

/// Who asked for an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Group(usize),
    Pool(usize),
}

/// Who wanted an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Orderer {
    /// Its group: it replaces what it lost, or is updated.
    Group,
    /// Cluster Autoscaler, for pods that wait.
    ClusterAutoscaler,
    /// Karpenter, for pods that wait.
    Karpenter,
}

/// An instance that was launched, and the node that it became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The name of its node.
    pub name: Text,
    /// The zone; empty where none is labelled.
    pub zone: Text,
    /// `node.kubernetes.io/instance-type`; empty where that is not known.
    pub instance_type: Text,
    /// Who wanted it.
    pub by: Orderer,
    /// When it was ordered, in milliseconds.
    pub ordered: i64,
    /// The node and when it joined.
    pub joined: Option<(NodeId, i64)>,
}

pub(super) const ZONE: &str = "topology.kubernetes.io/zone";

impl NodeGroup {
    /// The template of the zone that has the fewest nodes, given how many each has; `None` where every zone is closed.
    fn next(&self, counts: &[usize]) -> Option<usize> {
        let open = (0..self.templates.len()).filter(|at| self.templates[*at].labels.get(ZONE).is_none_or(|it| !self.closed.contains(it)));
        open.min_by_key(|at| (counts[*at], *at))
    }
}

impl Rehearsal {
    /// Adds a node group; its desired number is that of its nodes unless it is larger.
    pub fn add_group(&mut self, mut group: NodeGroup) -> usize {
        group.desired = group.desired.max(group.nodes.len() as i64);
        self.groups.push(group);
        self.groups.len() - 1
    }

    /// A node group.
    pub fn group(&self, at: usize) -> &NodeGroup {
        &self.groups[at]
    }

    /// In these zones no instance can be launched any more, by whoever asks.
    pub fn close_zone(&mut self, zone: &str) {
        for group in &mut self.groups {
            group.closed.insert(zone.into());
        }
        self.closed.insert(zone.into());
        for launch in &mut self.launches {
            launch.lost |= launch.joined.is_none() && launch.facts.labels.get(ZONE).is_some_and(|it| **it == *zone);
        }
    }

    /// Instances of a group that are nodes or will be.
    pub fn group_size(&self, group: usize) -> i64 {
        let there = self.groups[group].nodes.iter().filter(|it| self.state.is_present(**it) && !self.terminated.contains(it)).count();
        (there + self.coming(Source::Group(group)).count()) as i64
    }

    /// Every instance that was launched, in the order in which they were.
    pub fn arrivals(&self) -> Vec<Arrival> {
        let text = |facts: &NodeFacts, key: &str| facts.labels.get(key).cloned().unwrap_or_default();
        let of = |it: &Launch| Arrival {
            name: it.facts.name.clone(),
            zone: text(&it.facts, ZONE),
            instance_type: text(&it.facts, "node.kubernetes.io/instance-type"),
            by: it.by,
            ordered: it.ordered,
            joined: it.joined.map(|node| (node, it.joined_at)),
        };
        self.launches.iter().filter(|it| !it.lost).map(of).collect()
    }

    pub(super) fn coming(&self, source: Source) -> impl Iterator<Item = &Launch> {
        self.launches.iter().filter(move |it| it.source == source && it.joined.is_none() && !it.lost)
    }

    /// Launches an instance of a group; its number among the launches, or `None` where no zone can.
    pub(super) fn launch(&mut self, group: usize, cause: &str) -> Option<usize> {
        let it = &self.groups[group];
        let zone_of = |facts: &NodeFacts| facts.labels.get(ZONE).cloned();
        let nodes = it.nodes.iter().filter(|node| self.state.is_present(**node) && !self.dead.contains(node));
        let mut zones: Vec<Option<Text>> = nodes.map(|node| self.state.node_labels(*node).get(ZONE).cloned()).collect();
        zones.extend(self.coming(Source::Group(group)).map(|it| zone_of(&it.facts)));
        let counts: Vec<usize> = it.templates.iter().map(|template| zones.iter().filter(|zone| **zone == zone_of(template)).count()).collect();
        let Some(at) = it.next(&counts) else {
            let object = format!("NodeGroup {}", it.name);
            self.hold_back("LaunchFailed", object, "no zone of the group can launch an instance".to_owned());
            return None;
        };
        let facts = it.templates[at].clone();
        Some(self.order(Source::Group(group), facts, cause))
    }

    /// Orders an instance; it becomes a node after a while.
    pub(super) fn order(&mut self, source: Source, facts: NodeFacts, cause: &str) -> usize {
        let name: Text = match source {
            Source::Group(at) => format!("{}-new{}", self.groups[at].name, self.launches.len()).into(),
            Source::Pool(at) => format!("{}-new{}", self.pool_name(at), self.launches.len()).into(),
        };
        let mut facts = NodeFacts { name: name.clone(), ..facts };
        facts.labels.insert("kubernetes.io/hostname".into(), name.clone());
        self.note("InstanceLaunched", format!("Node {name}"), cause);
        let by = if matches!(source, Source::Pool(_)) { Orderer::Karpenter } else { Orderer::Group };
        self.launches.push(Launch { source, facts, ordered: self.now, joined: None, joined_at: 0, lost: false, by });
        let wait = self.delay(&NODE_PROVISION);
        self.after(wait, Event::Joins(self.launches.len() - 1));
        self.launches.len() - 1
    }

    /// Which of the launches a node came from; `None` for those that were there. Ids of nodes tell what earlier rehearsals did.
    pub(super) fn launched(&self, node: NodeId) -> Option<usize> {
        self.launches.iter().position(|it| it.joined == Some(node))
    }

    /// An instance has become a node.
    pub(super) fn joins(&mut self, launch: usize) {
        let it = self.launches[launch].clone();
        if it.lost {
            return;
        }
        let node = self.state.add_node(it.facts);
        (self.launches[launch].joined, self.launches[launch].joined_at) = (Some(node), self.now);
        match it.source {
            Source::Group(at) => drop(self.groups[at].nodes.insert(node)),
            Source::Pool(at) => self.pool_joined(at, node),
        }
        self.note_node("NodeReady", node, "a new instance has joined");
        self.queue.stir();
        self.nodes_changed();
    }

    /// The group of a node notices its loss, if it replaces what it loses.
    pub(super) fn group_lost(&mut self, node: NodeId) {
        if let Some(group) = (0..self.groups.len()).find(|at| self.groups[*at].nodes.contains(&node))
            && self.groups[group].heals
        {
            let wait = self.delay(&GROUP_REPLACE);
            self.after(wait, Event::Replace(group));
        }
    }

    /// The group is brought back to the number that it is to have.
    pub(super) fn replace_lost(&mut self, group: usize) {
        for _ in self.group_size(group)..self.groups[group].desired {
            if self.launch(group, "its group replaces a lost instance").is_none() {
                return;
            }
        }
    }

    /// Ends an instance on purpose: its node goes, and nobody misses it.
    pub(super) fn retire(&mut self, node: NodeId, cause: &'static str) {
        self.terminated.insert(node);
        self.dead.insert(node);
        self.delete_node(node, cause);
    }
}
