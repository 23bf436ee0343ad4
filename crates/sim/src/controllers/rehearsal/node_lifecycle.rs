//! Node lifecycle and taint eviction: what a dead kubelet leads to, and when.

use std::collections::BTreeMap;

use seatrial_model::pod::Taint;

use super::{EVICTION_INTERVAL_MS, Event, Rehearsal, SLOW_EVICTION_INTERVAL_MS, SMALL_ZONE, UNKNOWN_AFTER_MS};
use crate::controllers::taint_eviction::{Stay, stay};
use crate::ids::NodeId;
use crate::nodes::zone_key;

impl Rehearsal {
    /// The kubelets of these nodes die. Nodes of a zone are evicted in the order given, which is at random in a real cluster.
    ///
    /// Source: kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go.
    pub fn lose(&mut self, nodes: &[NodeId]) {
        self.dead.extend(nodes);
        self.losses.push(nodes.to_vec());
        self.after(UNKNOWN_AFTER_MS, Event::Unknown(self.losses.len() - 1));
    }

    pub(super) fn taint(&mut self, node: NodeId, effect: &str) {
        let mut facts = self.state.node_facts(node);
        facts.taints.push(Taint { key: "node.kubernetes.io/unreachable".into(), effect: effect.into(), ..Taint::default() });
        self.state.update_node(node, facts);
    }

    /// The nodes are marked and their pods are no longer Ready; each zone evicts at the pace of its state.
    pub(super) fn notice(&mut self, loss: usize) {
        let nodes = self.losses[loss].clone();
        for node in &nodes {
            self.taint(*node, "NoSchedule");
            for pod in self.state.pods_on(*node).to_vec() {
                if let Some(life) = self.lives.get_mut(&pod) {
                    life.ready = false;
                }
            }
        }
        let mut zones: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
        for node in nodes {
            zones.entry(zone_key(self.state.node_labels(node))).or_default().push(node);
        }
        for (zone, lost) in zones {
            // The first node goes by the limiter's burst, even where the zone then stops.
            let interval = self.interval(&zone);
            let count = if interval.is_some() { lost.len() } else { 1 };
            for (at, node) in lost.into_iter().take(count).enumerate() {
                self.after(100 + at as i64 * interval.unwrap_or(0), Event::NoExecute(node));
            }
        }
        self.touch();
    }

    /// Between two evictions of a zone; `None` where it does not evict.
    pub(super) fn interval(&self, zone: &str) -> Option<i64> {
        let of = |zone: Option<&str>| {
            let all = self.state.node_ids().filter(|it| zone.is_none_or(|zone| zone_key(self.state.node_labels(*it)) == zone));
            let all: Vec<NodeId> = all.collect();
            (all.iter().filter(|it| self.dead.contains(it)).count(), all.len())
        };
        let ((everywhere, nodes), (lost, size)) = (of(None), of(Some(zone)));
        let partial = lost < size && lost > 2 && lost * 100 >= size * 55;
        match (everywhere == nodes, partial) {
            (true, _) => None,
            (_, true) if size <= SMALL_ZONE => None,
            (_, true) => Some(SLOW_EVICTION_INTERVAL_MS),
            _ => Some(EVICTION_INTERVAL_MS),
        }
    }

    pub(super) fn evict_by_taint(&mut self, node: NodeId) {
        self.taint(node, "NoExecute");
        let taints = self.state.node_facts(node).taints;
        for pod in self.state.pods_on(node).to_vec() {
            if let Stay::Seconds(seconds) = stay(&taints, &self.state.spec(pod).tolerations) {
                self.after(seconds * 1000, Event::TaintEvict(pod));
            }
        }
        self.touch();
    }
}
