//! Node lifecycle: how fast a zone evicts, given how much of it is lost.
//!
//! Source: kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go handleDisruption, ComputeZoneState.

use seatrial_model::Labels;

/// Zones of up to this many nodes stop evicting when most of their nodes are lost (`large-cluster-size-threshold`).
pub const SMALL_ZONE: usize = 50;
/// A zone is in part disrupted from this share of lost nodes (`unhealthy-zone-threshold`, percent).
pub const UNHEALTHY_PERCENT: usize = 55;

/// How fast a zone's nodes get their NoExecute taint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// 0.1 a second.
    Normal,
    /// 0.01 a second.
    Slow,
    /// Not at all.
    Stopped,
}

/// The pace of a zone from the nodes that are lost and those there are: in the cluster, and in the zone.
pub fn pace(cluster: (usize, usize), zone: (usize, usize)) -> Pace {
    let ((everywhere, nodes), (lost, size)) = (cluster, zone);
    let partial = lost < size && lost > 2 && lost * 100 >= size * UNHEALTHY_PERCENT;
    match (everywhere == nodes, partial) {
        (true, _) => Pace::Stopped,
        (_, true) if size <= SMALL_ZONE => Pace::Stopped,
        (_, true) => Pace::Slow,
        _ => Pace::Normal,
    }
}

/// Whether a node does not count when it is judged how much of a zone is lost.
///
/// Source: kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go isNodeExcludedFromDisruptionChecks.
pub fn is_excluded(labels: &Labels) -> bool {
    labels.get("node.kubernetes.io/exclude-disruption").is_some()
}
