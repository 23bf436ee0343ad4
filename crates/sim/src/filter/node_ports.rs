//! NodePorts: a host port is held once per address and protocol.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/nodeports/node_ports.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

#[inline]
pub(crate) fn fails(state: &State, cycle: &Cycle, node: NodeId) -> bool {
    cycle.has_ports && state.nodes.ports[node.index()].conflicts(&state.pods.classes[cycle.class.index()].ports)
}

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    fails(state, cycle, node).then(|| Status::resolvable(Plugin::NodePorts, "node(s) didn't have free ports for the requested pod ports"))
}
