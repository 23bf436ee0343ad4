//! Pod garbage collection: which pods are deleted by force.
//!
//! Source: kubernetes pkg/controller/podgc/gc_controller.go.

use seatrial_model::pod::Taint;

/// A pod as the collector sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GcPod {
    /// `status.phase`.
    pub phase: String,
    /// It has a node.
    pub scheduled: bool,
    /// Its deletion was asked for.
    pub terminating: bool,
    /// When it was made, in any unit; the oldest ended pods go first.
    pub created: i64,
    /// The kubelet evicted it; such pods go before the others.
    pub evicted: bool,
}

fn has_ended(pod: &GcPod) -> bool {
    !matches!(pod.phase.as_str(), "Pending" | "Running" | "Unknown")
}

/// Ended pods beyond the threshold (12,500 on a default control plane); 0 switches the collection off.
pub fn terminated(pods: &[GcPod], threshold: usize) -> Vec<usize> {
    let mut ended: Vec<usize> = (0..pods.len()).filter(|at| has_ended(&pods[*at])).collect();
    let excess = if threshold == 0 { 0 } else { ended.len().saturating_sub(threshold) };
    ended.sort_by_key(|at| (!pods[*at].evicted, pods[*at].created, *at));
    ended.truncate(excess);
    ended
}

/// Terminating pods that never got a node.
pub fn unscheduled_terminating(pods: &[GcPod]) -> Vec<usize> {
    (0..pods.len()).filter(|at| pods[*at].terminating && !pods[*at].scheduled).collect()
}

/// Whether terminating pods of a node are deleted by force: it is not ready, and somebody said that it is out of service.
pub fn is_out_of_service(ready: bool, taints: &[Taint]) -> bool {
    !ready && taints.iter().any(|it| &*it.key == "node.kubernetes.io/out-of-service")
}
