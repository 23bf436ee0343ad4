//! The played kubelet: when a pod runs, when it is Ready, and when it has gone.

use super::{Event, Rehearsal, Start};
use crate::ids::PodId;

impl Rehearsal {
    /// A pod got its node: it starts, unless a volume of it is still held elsewhere.
    pub(super) fn begin_pod(&mut self, pod: PodId) {
        self.changed(pod);
        let Some(attach) = self.claim_volumes(pod) else { return };
        let set = self.lives.get(&pod).and_then(|it| it.set);
        let start = match set.and_then(|it| self.policies.get(&it)?.start) {
            Some(known) => Start::After(known),
            None => {
                let (namespace, name) = self.state.pod_name(pod);
                self.played.of(&format!("{namespace}/{name}"), self.state.spec(pod))
            }
        };
        match start {
            Start::After(delay) => self.after(delay + attach, Event::Ready(pod)),
            Start::NeverReady => self.after(self.played.start + attach, Event::Running(pod)),
            Start::Never => {}
        }
    }

    /// Whether the kubelet of a pod's node can act.
    pub(super) fn has_kubelet(&self, pod: PodId) -> bool {
        self.state.node_of(pod).is_some_and(|it| !self.dead.contains(&it))
    }

    pub(super) fn pod_runs(&mut self, pod: PodId, ready: bool) {
        if !self.has_kubelet(pod) {
            return;
        }
        let now = self.now;
        let Some(life) = self.lives.get_mut(&pod).filter(|it| !it.gone) else { return };
        let first = !life.running;
        life.running = true;
        if ready && !life.ready {
            life.ready = true;
            life.ready_since = now;
            self.note_pod("PodReady", pod, "started");
        }
        self.changed(pod);
        self.await_availability(pod);
        if first {
            self.await_end(pod);
        }
    }

    /// The object of a pod is gone.
    pub(super) fn pod_gone(&mut self, pod: PodId) {
        let Some(life) = self.lives.get_mut(&pod).filter(|it| !it.gone) else { return };
        life.ready = false;
        let (node, orphan) = (self.state.node_of(pod), std::mem::replace(&mut life.orphan, false));
        self.gone += 1;
        if !orphan {
            self.release_volumes(pod, node);
        }
        if !self.state.is_terminating(pod) {
            self.count_failure(pod);
        }
        self.leave(pod);
        if let Some(life) = self.lives.get_mut(&pod) {
            life.gone = true;
        }
        // A pod without a node leaves no room behind, unless volumes were its own.
        let held = node.is_some() || self.state.nominated_node(pod).is_some() || self.state.has_volumes(pod);
        self.state.delete_pod(pod);
        self.queue.forget(pod);
        if held {
            self.queue.stir();
        }
        self.note_pod("PodDeleted", pod, "");
    }

    /// Deletes a pod gracefully.
    pub(super) fn stop(&mut self, pod: PodId, cause: &'static str) {
        if self.state.is_terminating(pod) || self.lives.get(&pod).is_none_or(|it| it.gone) {
            return;
        }
        self.state.terminate(pod);
        self.note_pod("PodTerminating", pod, cause);
        self.count_failure(pod);
        // A pod that no kubelet has goes at once; one whose kubelet is dead does not go at all.
        match self.state.node_of(pod) {
            None if self.lives[&pod].orphan => self.expect_garbage(),
            None => self.after(0, Event::Gone(pod)),
            Some(node) if !self.dead.contains(&node) => self.after(self.played.stop, Event::Gone(pod)),
            Some(_) => self.expect_garbage(),
        }
        self.changed(pod);
    }

    /// Pods whose containers do not run yet.
    pub fn pending(&self) -> usize {
        self.lives.values().filter(|it| !it.gone && !it.running).count()
    }
}
