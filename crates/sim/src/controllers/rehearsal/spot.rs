//! Spot interruptions: two minutes' notice, and whoever handles it uses them to move the pods.
//!
//! Source: EC2 user guide, Spot Instance interruption notices; EKS user guide, managed node groups (capacity rebalancing); Karpenter, interruption.

use super::{DrainFlags, Event, Rehearsal};
use crate::controllers::latencies::SPOT_NOTICE;
use crate::ids::NodeId;

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
    /// The instances of these nodes are to be taken back.
    pub fn interrupt(&mut self, nodes: &[NodeId], handler: Handler) {
        let notice = self.delay(&SPOT_NOTICE);
        let nodes: Vec<NodeId> = nodes.iter().copied().filter(|it| self.state.is_present(*it)).collect();
        for node in nodes.iter().copied() {
            self.note_node("SpotInterruption", node, "two minutes' notice");
            self.after(notice, Event::Reclaim(node));
            if handler == Handler::Group
                && let Some(group) = (0..self.groups.len()).find(|at| self.groups[*at].nodes.contains(&node))
            {
                self.launch(group, "its group replaces an interrupted instance");
            }
        }
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
}
