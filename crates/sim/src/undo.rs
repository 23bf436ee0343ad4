//! Taking changes back: a log of inverses, so that a rehearsal costs what it changed and not a copy of the cluster.

use crate::ids::{ClaimId, NodeId, PodId};
use crate::nodes::NodeFacts;
use crate::state::State;
use crate::storage::{Claim, Volume};
use seatrial_model::Text;

/// A change that was made, with what is needed to take it back.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    PodAdded(PodId),
    PodDeleted(PodId),
    Bound(PodId),
    Unbound { pod: PodId, node: NodeId, in_node: u32, in_class: u32 },
    Terminating(PodId),
    Started(PodId, i64),
    Nominated(PodId, u32),
    NodeAdded(NodeId),
    NodeReturned(NodeId, u32, Box<NodeFacts>),
    NodeUpdated(NodeId, u32, Box<NodeFacts>),
    NodeRemoved(NodeId),
    Claimed(ClaimId, Box<Claim>),
    ClaimAdded(ClaimId),
    VolumePut(Text, Option<Box<Volume>>),
    Budget(crate::ids::BudgetId, Box<crate::budgets::BudgetStatus>),
    Start(usize),
}

/// The log. Nothing is kept while no mark is set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Undo {
    log: Vec<Change>,
    marks: usize,
}

impl Undo {
    pub(crate) fn push(&mut self, change: Change) {
        if self.marks > 0 {
            self.log.push(change);
        }
    }
}

/// A point to which the state can be rolled back.
#[derive(Debug)]
#[must_use = "a mark that is dropped keeps the log growing"]
pub struct Mark {
    at: usize,
}

impl State {
    /// Begins to keep changes.
    pub fn mark(&mut self) -> Mark {
        self.undo.marks += 1;
        let mark = Mark { at: self.undo.log.len() };
        self.undo.push(Change::Start(self.next_start));
        mark
    }

    /// Takes back every change since the mark, in time proportional to their number.
    pub fn rollback(&mut self, mark: Mark) {
        let log = self.undo.log.split_off(mark.at);
        let marks = std::mem::replace(&mut self.undo.marks, 0);
        for change in log.into_iter().rev() {
            self.revert(change);
        }
        self.undo.marks = marks - 1;
    }

    /// Keeps the changes since the mark.
    pub fn commit(&mut self, mark: Mark) {
        self.undo.marks -= 1;
        if self.undo.marks == 0 {
            self.undo.log.truncate(mark.at);
        }
    }

    fn revert(&mut self, change: Change) {
        match change {
            Change::PodAdded(id) => {
                let namespace = self.pods.class_of(id).namespace.clone();
                self.pods.pop(id, &namespace);
            }
            Change::PodDeleted(id) => self.pods.all[id.index()].deleted = false,
            Change::Bound(id) => self.detach(id),
            Change::Unbound { pod, node, in_node, in_class } => {
                self.attach(pod, node);
                self.reseat(pod, in_node, in_class);
            }
            Change::Terminating(id) => {
                self.set_terminating(id, false);
                self.pods.all[id.index()].preempted = false;
            }
            Change::Started(id, start) => self.pods.all[id.index()].start = start,
            Change::Nominated(id, node) => self.set_nominated(id, node),
            Change::NodeAdded(id) => self.set_present(id, false),
            Change::NodeReturned(id, joined, facts) => {
                self.write_node(id, *facts);
                self.nodes.set_joined(id, joined);
                self.set_present(id, false);
            }
            Change::NodeUpdated(id, joined, facts) => {
                self.write_node(id, *facts);
                self.nodes.set_joined(id, joined);
            }
            Change::NodeRemoved(id) => self.set_present(id, true),
            Change::Claimed(id, claim) => {
                let users = self.storage.claims[id.index()].users;
                self.storage.claims[id.index()] = Claim { users, ..*claim };
            }
            Change::ClaimAdded(id) => self.storage.claims[id.index()].deleted = true,
            Change::VolumePut(name, old) => drop(self.storage.set_volume(name, old.map(|it| *it))),
            Change::Budget(id, status) => self.budgets[id.index()].status = *status,
            Change::Start(at) => self.next_start = at,
        }
    }
    fn set_present(&mut self, id: NodeId, present: bool) {
        self.nodes.present[id.index()] = present;
        self.node_changed(id);
        self.order_stale = true;
    }
}
