//! NodeAffinity: the node selector and one of the required terms must match.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

/// The terms exclude each other's nodes.
pub(crate) const CONFLICT: &str = "pod affinity terms conflict";

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    let row = &state.statics.affinities[cycle.plan.affinity?.index()];
    (!row.ok[node.index()]).then(|| Status::unresolvable(Plugin::NodeAffinity, "node(s) didn't match Pod's node affinity/selector"))
}
