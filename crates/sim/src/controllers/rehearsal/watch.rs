//! Looking at a rehearsal from outside: one event at a time, and whether anything is still to come.

use super::{Event, Rehearsal};
use crate::ids::{NodeId, PodId};

/// Retries and periodic looks: they change nothing by themselves.
const fn is_a_look(event: Event) -> bool {
    matches!(
        event,
        Event::Evict(..) | Event::Poll(_) | Event::Scan | Event::Provision | Event::Scale(_) | Event::Cron(_) | Event::CollectGarbage | Event::Schedule
    )
}

impl Rehearsal {
    /// When the next event happens (virtual milliseconds); never where events do not come to an end.
    pub fn next_at(&self) -> Option<i64> {
        self.heap.peek().filter(|_| self.runaway().is_none()).map(|it| it.0.0)
    }

    /// Lets everything up to and at the next event's moment happen; whether anything may have changed.
    ///
    /// Refused evictions and looks that find nothing change nothing by themselves; what somebody does when looking calls the controllers.
    pub fn step(&mut self) -> bool {
        let Some(at) = self.next_at() else { return false };
        let mut changed = false;
        while let Some(event) = self.take(at) {
            self.happen(event);
            changed |= self.sync_due || !(is_a_look(event) || matches!(event, Event::Update(_)));
        }
        changed
    }

    /// Whether nothing but retries and periodic looks is to come. An autoscaler that only its windows hold back has a change to come.
    pub fn only_retries(&self) -> bool {
        self.runaway().is_some() || (!self.autoscaler_waits() && self.heap.iter().all(|it| is_a_look(it.0.2)))
    }

    /// Nodes whose kubelet was dead before the rehearsal began: their pods cannot end there.
    pub fn bury(&mut self, nodes: &[NodeId]) {
        self.dead.extend(nodes);
    }

    /// Deletes a pod, as `kubectl delete pod` does.
    pub fn delete(&mut self, pod: PodId) {
        self.stop(pod, "deleted by hand");
    }
}
