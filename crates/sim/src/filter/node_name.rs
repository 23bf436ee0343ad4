//! NodeName: a pod that names its node goes nowhere else.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/nodename/node_name.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    let wanted = cycle.plan.node_name.as_ref()?;
    let other = *wanted != state.nodes.name[node.index()];
    other.then(|| Status::unresolvable(Plugin::NodeName, "node(s) didn't match the requested node name"))
}
