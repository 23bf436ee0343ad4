//! Node lifecycle and taint eviction: what a dead kubelet leads to, and when.

use std::collections::BTreeMap;

use seatrial_model::pod::Taint;

use super::{Event, Rehearsal};
use crate::controllers::latencies::{NODE_EVICTION, NODE_EVICTION_SLOW, NODE_UNKNOWN};
use crate::controllers::node_lifecycle::{Pace, is_excluded, pace};
use crate::controllers::taint_eviction::{Stay, stay};
use crate::ids::{NodeId, PodId};
use crate::nodes::zone_key;

const UNREACHABLE: &str = "node.kubernetes.io/unreachable";

impl Rehearsal {
    /// The kubelets of these nodes die. Nodes of a zone are evicted in the order given, which is at random in a real cluster.
    ///
    /// Source: kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go.
    pub fn lose(&mut self, nodes: &[NodeId]) {
        self.dead.extend(nodes);
        self.losses.push(nodes.to_vec());
        nodes.iter().for_each(|it| self.note_node("KubeletLost", *it, ""));
        let wait = self.delay(&NODE_UNKNOWN);
        self.after(wait, Event::Unknown(self.losses.len() - 1));
    }

    fn taint(&mut self, node: NodeId, effect: &str) {
        let mut facts = self.state.node_facts(node);
        facts.taints.push(Taint { key: UNREACHABLE.into(), effect: effect.into(), ..Taint::default() });
        self.state.update_node(node, facts);
    }

    /// Whether the node is lost still, and its object there.
    fn is_lost(&self, node: NodeId) -> bool {
        self.dead.contains(&node) && self.state.is_present(node)
    }

    /// The nodes are marked and their pods are no longer Ready; each zone evicts at the pace of its state.
    pub(super) fn notice(&mut self, loss: usize) {
        let nodes: Vec<NodeId> = self.losses[loss].iter().copied().filter(|it| self.is_lost(*it)).collect();
        for node in &nodes {
            self.taint(*node, "NoSchedule");
            self.note_node("NodeNotReady", *node, "no lease for the grace period");
            for pod in self.state.pods_on(*node).to_vec() {
                let Some(life) = self.lives.get_mut(&pod) else { continue };
                if std::mem::take(&mut life.ready) {
                    self.silenced.insert(pod);
                    self.note_pod("PodNotReady", pod, "its node is lost");
                }
                self.changed(pod);
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
            if interval.is_none() {
                let cause = "most of the zone, or all of the cluster, is lost: the controller suspects itself";
                self.note("EvictionStopped", format!("Zone {}", zone.rsplit('\0').next().unwrap_or("").trim_matches(':')), cause);
            }
            for (at, node) in lost.into_iter().take(count).enumerate() {
                self.after(100 + at as i64 * interval.unwrap_or(0), Event::NoExecute(node));
            }
        }
        self.wake();
        self.expect_capacity();
    }

    /// Between two evictions of a zone; `None` where it does not evict.
    fn interval(&self, zone: &str) -> Option<i64> {
        let of = |zone: Option<&str>| {
            let counts = |it: &NodeId| zone.is_none_or(|zone| zone_key(self.state.node_labels(*it)) == zone) && !is_excluded(self.state.node_labels(*it));
            let all: Vec<NodeId> = self.state.node_ids().filter(counts).collect();
            (all.iter().filter(|it| self.dead.contains(it)).count(), all.len())
        };
        match pace(of(None), of(Some(zone))) {
            Pace::Stopped => None,
            Pace::Slow => Some(self.delay(&NODE_EVICTION_SLOW)),
            Pace::Normal => Some(self.delay(&NODE_EVICTION)),
        }
    }

    pub(super) fn evict_by_taint(&mut self, node: NodeId) {
        if self.is_lost(node) {
            self.taint(node, "NoExecute");
            self.note_node("NodeTainted", node, "unreachable:NoExecute");
            self.obey_taints(node);
        }
    }

    /// Every pod of the node that does not tolerate its taints for ever is to go.
    pub(super) fn obey_taints(&mut self, node: NodeId) {
        let taints = self.state.node_facts(node).taints;
        for pod in self.state.pods_on(node).to_vec() {
            if let Stay::Seconds(seconds) = stay(&taints, &self.state.spec(pod).tolerations) {
                self.after(seconds.saturating_mul(1000), Event::TaintEvict(pod));
            }
        }
        self.wake();
    }

    /// The time that the pod tolerates is over, unless the taints went first.
    pub(super) fn taint_evict(&mut self, pod: PodId) {
        let Some(node) = self.state.node_of(pod) else { return };
        let taints = self.state.node_facts(node).taints;
        if stay(&taints, &self.state.spec(pod).tolerations) != Stay::ForEver {
            self.stop(pod, "evicted by the taint of its node");
        }
    }

    /// The kubelets of these nodes answer again: their taints go, what ran still runs, and what was to be deleted is.
    pub fn revive(&mut self, nodes: &[NodeId]) {
        for node in nodes.iter().copied() {
            if self.terminated.contains(&node) || !self.dead.remove(&node) || !self.state.is_present(node) {
                continue;
            }
            let mut facts = self.state.node_facts(node);
            facts.taints.retain(|it| &*it.key != UNREACHABLE);
            self.state.update_node(node, facts);
            self.note_node("NodeReady", node, "its kubelet answers again");
            for pod in self.state.pods_on(node).to_vec() {
                self.resume(pod);
            }
            self.free_volumes_of(node);
            self.queue.stir();
        }
        self.nodes_changed();
    }

    fn resume(&mut self, pod: PodId) {
        let ready = self.silenced.remove(&pod);
        if self.state.is_terminating(pod) {
            return self.after(self.played.stop, Event::Gone(pod));
        }
        let now = self.now;
        let Some(life) = self.lives.get_mut(&pod) else { return };
        if ready && !life.ready {
            (life.ready, life.ready_since) = (true, now);
            self.note_pod("PodReady", pod, "its node is back");
        } else if !life.running {
            return self.begin_pod(pod);
        }
        self.changed(pod);
        self.await_availability(pod);
    }
}
