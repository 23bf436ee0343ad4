//! What happened and why, for timelines; and how many pods of each controller were Ready over time.

use super::Rehearsal;
use crate::ids::{NodeId, PodId};

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// Virtual milliseconds since the beginning.
    pub at: i64,
    /// What happened, such as `PodDeleted`.
    pub event: &'static str,
    /// To what: `Pod shop/api-1`, `Node n1`, `Deployment shop/api`.
    pub object: String,
    /// Why.
    pub cause: String,
}

impl Rehearsal {
    pub(super) fn note(&mut self, event: &'static str, object: String, cause: impl Into<String>) {
        if self.keep_journal {
            self.journal.push(Happening { at: self.now, event, object, cause: cause.into() });
        }
    }

    /// The same, the first time that this happens to the object.
    pub(super) fn note_once(&mut self, event: &'static str, object: String, cause: String) {
        if self.keep_journal && self.noted.insert((event, object.clone())) {
            self.note(event, object, cause);
        }
    }

    pub(super) fn note_pod(&mut self, event: &'static str, pod: PodId, cause: impl Into<String>) {
        if self.keep_journal {
            let (namespace, name) = self.state.pod_name(pod);
            let object = format!("Pod {namespace}/{name}");
            self.note(event, object, cause);
        }
    }

    pub(super) fn note_node(&mut self, event: &'static str, node: NodeId, cause: impl Into<String>) {
        if self.keep_journal {
            let object = format!("Node {}", self.state.node_name(node));
            self.note(event, object, cause);
        }
    }

    /// Ready pods of a controller over time, where the journal is kept: pairs of milliseconds and count, one for each change.
    pub fn ready_over_time(&self, set: usize) -> &[(i64, i64)] {
        self.ready.get(&set).map_or(&[], Vec::as_slice)
    }

    pub(super) fn record_ready(&mut self, set: usize) {
        if !self.keep_journal {
            return;
        }
        let count = self.ready_pods(set);
        let now = self.now;
        let list = self.ready.entry(set).or_default();
        match list.last_mut() {
            Some(last) if last.1 == count => {}
            Some(last) if last.0 == now => last.1 = count,
            _ => list.push((now, count)),
        }
    }
}
