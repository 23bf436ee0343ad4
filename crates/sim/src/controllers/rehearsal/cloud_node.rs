//! The cloud node controller: a node whose instance is gone is deleted. And what people do to dead nodes: the out-of-service taint.
//!
//! Source: kubernetes staging/src/k8s.io/cloud-provider/controllers/nodelifecycle.

use seatrial_model::pod::Taint;

use super::{Event, Rehearsal};
use crate::controllers::latencies::{CLOUD_NODE_CHECK, NODE_UNKNOWN};
use crate::ids::NodeId;

const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";

impl Rehearsal {
    /// The instances of these nodes end at once. The controller asks the cloud only about nodes that are not ready, so that the loss is noticed first.
    pub fn terminate_instances(&mut self, nodes: &[NodeId]) {
        let nodes: Vec<NodeId> = nodes.iter().copied().filter(|it| self.state.is_present(*it) && self.terminated.insert(*it)).collect();
        let fresh: Vec<NodeId> = nodes.iter().copied().filter(|it| !self.dead.contains(it)).collect();
        let noticed = self.latencies.of(&NODE_UNKNOWN);
        if !fresh.is_empty() {
            self.lose(&fresh);
        }
        let check = self.latencies.of(&CLOUD_NODE_CHECK);
        for node in nodes {
            self.note_node("InstanceTerminated", node, "");
            let wait = if fresh.contains(&node) { noticed } else { 0 };
            self.after(wait + check, Event::InstanceGone(node));
            self.group_lost(node);
        }
    }

    /// The object of a node is deleted; its pods stay until garbage collection finds them.
    pub(super) fn delete_node(&mut self, node: NodeId, cause: &'static str) {
        if !self.state.is_present(node) {
            return;
        }
        self.note_node("NodeDeleted", node, cause);
        let pods = self.state.remove_node(node);
        self.queue.shift();
        self.orphan(node, pods);
        self.nodes_changed();
    }

    /// Somebody declares that these nodes are out of service, and will not come back as they are.
    ///
    /// Source: kubernetes pkg/controller/podgc, pkg/controller/volume/attachdetach (non-graceful node shutdown).
    pub fn declare_out_of_service(&mut self, nodes: &[NodeId]) {
        for node in nodes {
            let mut facts = self.state.node_facts(*node);
            if facts.taints.iter().any(|it| &*it.key == OUT_OF_SERVICE) {
                continue;
            }
            facts.taints.push(Taint { key: OUT_OF_SERVICE.into(), value: Some("nodeshutdown".into()), effect: "NoExecute".into(), ..Taint::default() });
            self.state.update_node(*node, facts);
            self.note_node("OutOfService", *node, "tainted by hand");
            self.obey_taints(*node);
            self.free_volumes_of(*node);
            self.expect_garbage();
        }
    }

    /// Whether somebody declared the node out of service.
    pub(super) fn is_out_of_service(&self, node: NodeId) -> bool {
        self.state.is_present(node) && self.state.node_facts(node).taints.iter().any(|it| &*it.key == OUT_OF_SERVICE)
    }
}
