//! Pods: making them known, putting them on nodes and taking them off, by name and by number.

use seatrial_model::{Labels, Text};

use crate::ids::{NONE, NodeId, PodId};
use crate::pods::PodFacts;
use crate::requests::Request;
use crate::state::State;
use crate::undo::Change;

impl State {
    /// Makes a pod known, without a node.
    pub fn add_pod(&mut self, facts: &PodFacts) -> PodId {
        let request = Request::of(&facts.spec, facts.status.as_deref(), self.rules);
        let (class, new) = self.pods.class(facts, request);
        if new {
            self.join_sets(class);
            self.protect(class);
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
            // Spreading does not count what terminates.
            self.frees += 1;
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

    /// Whether a pod has volumes that the scheduler looks at.
    pub(crate) fn has_volumes(&self, id: PodId) -> bool {
        self.pods.class_of(id).has_volumes
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
}
