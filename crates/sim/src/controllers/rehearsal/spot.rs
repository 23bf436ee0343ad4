//! Spot interruptions: two minutes' notice, and whoever handles it uses them to move the pods.
//!
//! Source: EC2 user guide, Spot Instance interruption notices; EKS user guide, managed node groups (capacity rebalancing); Karpenter, interruption.

use super::{DrainFlags, Event, Rehearsal};
use crate::controllers::latencies::SPOT_NOTICE;
use crate::ids::NodeId;
use crate::random::Draws;

/// Who acts on the notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Handler {
    /// Nobody: the node is gone after two minutes.
    #[default]
    Nobody,
    /// The AWS Node Termination Handler: it cordons and drains.
    Drains,
    /// A managed node group: it launches a replacement, cordons and drains.
    Group,
    /// Karpenter: it cordons, provides for the pods and drains.
    Karpenter,
}

impl Rehearsal {
    /// The instances of these nodes are to be taken back, all at the end of the notice; drains that have not ended by then end without success.
    pub fn interrupt(&mut self, nodes: &[NodeId], handler: Handler) {
        let notice = self.delay(&SPOT_NOTICE);
        let nodes: Vec<NodeId> = nodes.iter().copied().filter(|it| self.state.is_present(*it)).collect();
        for node in nodes.iter().copied() {
            self.note_node("SpotInterruption", node, "two minutes' notice");
            if handler == Handler::Group
                && let Some(group) = (0..self.groups.len()).find(|at| self.groups[*at].nodes.contains(&node))
            {
                self.launch(group, "its group replaces an interrupted instance");
            }
        }
        self.waves.push(nodes.clone());
        self.after(notice, Event::Reclaim(self.waves.len() - 1));
        if handler == Handler::Nobody {
            return;
        }
        for node in nodes {
            self.drain(node, DrainFlags { ignore_daemonsets: true, delete_emptydir_data: true, force: true, timeout: Some(notice) });
            if handler == Handler::Karpenter {
                self.provide_for(node);
            }
        }
    }

    /// The notice is over.
    pub(super) fn reclaim(&mut self, wave: usize) {
        let nodes = self.shuffled(&self.waves[wave], 0x7370_6f74);
        self.terminate_instances(&nodes);
    }

    /// Nodes in an order that nobody knows beforehand: by the scheduler's seed.
    pub fn shuffled(&self, nodes: &[NodeId], salt: u64) -> Vec<NodeId> {
        let mut order = nodes.to_vec();
        let mut draws = Draws::new(self.scheduler.seed(), salt);
        for at in (1..order.len()).rev() {
            order.swap(at, draws.below(at as u64 + 1) as usize);
        }
        order
    }
}
