//! NodeUnschedulable: a cordoned node takes only pods that tolerate the cordon.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    let cordoned = state.nodes.unschedulable[node.index()] && !cycle.tolerations(state).tolerates_unschedulable;
    cordoned.then(|| Status::unresolvable(Plugin::NodeUnschedulable, "node(s) were unschedulable"))
}
