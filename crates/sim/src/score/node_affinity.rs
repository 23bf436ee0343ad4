//! NodeAffinity: the weights of the preferred terms that the node matches.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go.

use super::default_normalize_score;
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

/// Normalised scores; `false` where the pod prefers nothing.
pub(crate) fn score(state: &State, cycle: &Cycle, nodes: &[NodeId], out: &mut Vec<i64>) -> bool {
    let Some(preferences) = cycle.plan.preferences else { return false };
    let row = &state.statics.preferences[preferences.index()].weight;
    out.clear();
    out.extend(nodes.iter().map(|it| row[it.index()]));
    default_normalize_score(false, out);
    true
}
