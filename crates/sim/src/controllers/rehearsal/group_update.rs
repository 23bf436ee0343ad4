//! The update of an EKS managed node group: more nodes first, then one old node after another is emptied and ended, then the surplus goes.
//!
//! Source: EKS user guide, managed-node-update-behavior.

use std::collections::BTreeSet;

use seatrial_model::{IntOrString, Text};

use super::node_groups::ZONE;
use super::{DRAIN_POLL_MS, DrainFlags, Event, Rehearsal};
use crate::controllers::latencies::{NODE_GROUP_DRAIN, NODE_GROUP_SETTLE};
use crate::ids::{NodeId, PodId};

/// At most this many nodes are updated at once.
const MOST_AT_ONCE: i64 = 100;

/// How many nodes of a group of `nodes` in `zones` are updated at once, and how many are added for the time of the update.
pub fn pace(max_unavailable: Option<&IntOrString>, nodes: usize, zones: usize) -> (i64, i64) {
    let asked = max_unavailable.and_then(|it| it.scaled(nodes as i64, false)).unwrap_or(1);
    let at_once = asked.clamp(1, MOST_AT_ONCE);
    (at_once, at_once.max(2 * zones as i64))
}

/// The settings of an update.
#[derive(Clone, Debug, Default)]
pub struct UpdateFlags {
    /// `updateConfig.maxUnavailable` or its percentage; 1 unless set.
    pub max_unavailable: Option<IntOrString>,
    /// `--force`: pods that do not leave in time are deleted.
    pub force: bool,
}

/// How an update stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateState {
    /// It goes on.
    Running,
    /// Every old node is gone, and so is the surplus.
    Done {
        /// When, in milliseconds.
        at: i64,
    },
    /// `PodEvictionFailure`: these pods did not leave this node in time. Nodes that were updated stay so.
    Failed {
        /// When, in milliseconds.
        at: i64,
        /// The node.
        node: NodeId,
        /// The pods.
        pods: Vec<PodId>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    ScaleUp,
    Upgrade,
    ScaleDown,
}

#[derive(Clone, Debug)]
struct Emptying {
    node: NodeId,
    drain: usize,
    since: i64,
    /// When it was empty.
    empty: Option<i64>,
}

/// An update on its way.
#[derive(Clone, Debug)]
pub(super) struct GroupUpdate {
    group: usize,
    at_once: i64,
    force: bool,
    surge: i64,
    phase: Phase,
    old: Vec<NodeId>,
    emptying: Vec<Emptying>,
    state: UpdateState,
}

impl Rehearsal {
    /// Begins the update of a node group; all nodes it has now are old. They are taken in an order that follows from the seed.
    pub fn update_node_group(&mut self, group: usize, flags: &UpdateFlags) -> usize {
        let old: Vec<NodeId> = self.groups[group].nodes.iter().copied().filter(|it| self.state.is_present(*it) && !self.terminated.contains(it)).collect();
        let old = self.shuffled(&old, 0x7570_6772);
        let zones: BTreeSet<Option<&Text>> = self.groups[group].templates.iter().map(|it| it.labels.get(ZONE)).collect();
        let (at_once, surge) = pace(flags.max_unavailable.as_ref(), old.len(), zones.len());
        let object = format!("NodeGroup {}", self.groups[group].name);
        self.note("UpdateStarted", object, format!("{} old nodes, {surge} more for the time of the update, {at_once} at once", old.len()));
        self.groups[group].desired = self.group_size(group) + surge;
        for _ in 0..surge {
            self.launch(group, "surplus for the update of its group");
        }
        let it = GroupUpdate { group, at_once, force: flags.force, surge, phase: Phase::ScaleUp, old, emptying: Vec::new(), state: UpdateState::Running };
        self.updates.push(it);
        self.after(DRAIN_POLL_MS, Event::Update(self.updates.len() - 1));
        self.updates.len() - 1
    }

    /// How an update stands.
    pub fn update_state(&self, update: usize) -> &UpdateState {
        &self.updates[update].state
    }

    /// Whether a group is being updated: its number of nodes is the update's business then.
    pub(super) fn is_updating(&self, group: usize) -> bool {
        self.updates.iter().any(|it| it.group == group && it.state == UpdateState::Running)
    }

    pub(super) fn update_group(&mut self, at: usize) {
        match self.updates[at].phase {
            Phase::ScaleUp if self.coming_to(self.updates[at].group) > 0 => {}
            Phase::ScaleUp => self.begin_upgrade(at),
            Phase::Upgrade => self.upgrade(at),
            Phase::ScaleDown => self.scale_down(at),
        }
        if self.updates[at].state == UpdateState::Running {
            self.after(DRAIN_POLL_MS, Event::Update(at));
        }
    }

    /// All old nodes are closed to new pods, so that none moves from one old node to the next.
    fn begin_upgrade(&mut self, at: usize) {
        for node in self.updates[at].old.clone() {
            if self.state.is_present(node) {
                self.cordon(node, true);
            }
        }
        self.updates[at].phase = Phase::Upgrade;
    }

    fn upgrade(&mut self, at: usize) {
        let force = self.updates[at].force;
        if !self.watch_emptying(at, force) {
            return;
        }
        let (group, most) = (self.updates[at].group, self.updates[at].at_once);
        while (self.updates[at].emptying.len() as i64) < most && !self.updates[at].old.is_empty() {
            let node = self.updates[at].old.remove(0);
            self.begin_emptying(at, node);
        }
        if self.updates[at].emptying.is_empty() && self.updates[at].old.is_empty() && self.coming_to(group) == 0 {
            self.updates[at].phase = Phase::ScaleDown;
        }
    }

    fn begin_emptying(&mut self, at: usize, node: NodeId) {
        if !self.state.is_present(node) {
            return;
        }
        let drain = self.drain(node, DrainFlags { ignore_daemonsets: true, delete_emptydir_data: true, force: true, timeout: None });
        let since = self.now;
        self.updates[at].emptying.push(Emptying { node, drain, since, empty: None });
    }

    /// Looks at the nodes that are being emptied; false where the update has failed.
    fn watch_emptying(&mut self, at: usize, force: bool) -> bool {
        let (limit, settle) = (self.delay(&NODE_GROUP_DRAIN), self.delay(&NODE_GROUP_SETTLE));
        let mut open = Vec::new();
        for mut it in std::mem::take(&mut self.updates[at].emptying) {
            let pods = self.left_on(it.node);
            if !self.state.is_present(it.node) {
                continue;
            }
            it.empty = it.empty.or_else(|| pods.is_empty().then_some(self.now));
            match it.empty {
                Some(since) if self.now >= since + settle => {
                    self.retire(it.node, "its group has replaced it");
                    self.replace_lost(self.updates[at].group);
                    continue;
                }
                None if self.now >= it.since + limit && force => pods.into_iter().for_each(|pod| self.stop(pod, "deleted by a forced update")),
                None if self.now >= it.since + limit => {
                    self.note_node("PodEvictionFailure", it.node, format!("{} pods have not left within {} minutes", pods.len(), limit / 60_000));
                    self.give_up(it.drain);
                    self.updates[at].state = UpdateState::Failed { at: self.now, node: it.node, pods };
                    return false;
                }
                _ => {}
            }
            open.push(it);
        }
        self.updates[at].emptying = open;
        true
    }

    /// Pods of a node that an eviction is to move.
    fn left_on(&self, node: NodeId) -> Vec<PodId> {
        let counts = |it: &PodId| self.lives.get(it).is_some_and(|life| !life.daemon && !life.gone);
        self.state.pods_on(node).iter().copied().filter(counts).collect()
    }

    /// The surplus goes, the emptiest nodes first, one at a time.
    fn scale_down(&mut self, at: usize) {
        if !self.watch_emptying(at, true) || !self.updates[at].emptying.is_empty() {
            return;
        }
        let group = self.updates[at].group;
        if self.updates[at].surge == 0 {
            let object = format!("NodeGroup {}", self.groups[group].name);
            self.note("UpdateDone", object, "");
            self.updates[at].state = UpdateState::Done { at: self.now };
            return;
        }
        self.updates[at].surge -= 1;
        self.groups[group].desired -= 1;
        if self.group_size(group) <= self.groups[group].desired {
            return;
        }
        let there = self.groups[group].nodes.iter().copied().filter(|it| self.state.is_present(*it) && !self.terminated.contains(it));
        if let Some(node) = there.min_by_key(|it| (self.left_on(*it).len(), self.launched(*it))) {
            self.begin_emptying(at, node);
        }
    }
}
