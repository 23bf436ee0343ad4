//! Drains: what is evicted, what kubectl refuses, and what holds a drain up.

use seatrial_sim::controllers::rehearsal::DrainFlags;
use seatrial_sim::{NodeId, PodId};

use super::Stage;

impl Stage<'_> {
    /// Pods that leave this node from now on are evicted.
    pub fn note_drain(&mut self, node: NodeId) {
        self.drained.insert(node);
    }

    /// Begins a drain that evicts everything it may; DaemonSet pods stay, emptyDirs are given up.
    pub fn drain(&mut self, node: NodeId) -> usize {
        self.note_drain(node);
        let flags = DrainFlags { ignore_daemonsets: true, delete_emptydir_data: true, force: true, timeout: None };
        let id = self.rehearsal.drain(node, flags);
        self.look();
        id
    }

    /// kubectl does not even begin: pods that nobody would replace need --force.
    pub fn refuse_drain(&mut self, node: NodeId, pods: &[String]) {
        let name = self.rehearsal.state.node_name(node).to_string();
        self.stuck.push(format!(
            "kubectl refuses: {} {} no controller, and would not come back",
            pods[0],
            if pods.len() == 1 { "has" } else { "and others have" }
        ));
        self.refused.extend(pods.iter().map(|it| (name.clone(), it.clone())));
    }

    /// Notes how a drain ended.
    pub fn drain_ended(&mut self, drain: usize) {
        match self.rehearsal.exit(drain) {
            Some(0) => {
                let now = self.now();
                self.ended_at = Some(now);
                self.watch.mark(now, "drained", "", "every pod that it evicts has gone");
            }
            _ => {
                let waits = self.rehearsal.waits_for(drain).to_vec();
                self.hold_up(&waits);
            }
        }
    }

    /// Notes which pods keep a node from being drained.
    pub fn hold_up(&mut self, pods: &[PodId]) {
        let state = &self.rehearsal.state;
        let held: Vec<PodId> = pods.iter().copied().filter(|it| !state.is_terminating(*it)).collect();
        let why = match held.first() {
            Some(first) => {
                let by = state.budgets_of(*first).first().map(|it| format!(" (budget {})", state.budget(*it).name)).unwrap_or_default();
                format!("{} of its pods may never be evicted, such as {}{by}", held.len(), self.pod_name(*first))
            }
            None => format!("{} of its pods cannot end, since its kubelet does not answer", pods.len()),
        };
        self.stuck.push(why);
        self.held.extend(held);
    }
}
