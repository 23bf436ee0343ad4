//! TaintToleration: every NoSchedule and NoExecute taint must be tolerated.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    let first = usize::from(cycle.tolerations(state).hard[node.index()]).checked_sub(1)?;
    if !state.rules.names_the_taint() {
        return Some(Status::unresolvable(Plugin::TaintToleration, "node(s) had untolerated taint(s)"));
    }
    let taint = &state.nodes.taints[node.index()][first];
    let value = taint.value.as_deref().unwrap_or("");
    Some(Status::unresolvable(Plugin::TaintToleration, format!("node(s) had untolerated taint {{{}: {value}}}", taint.key)))
}
