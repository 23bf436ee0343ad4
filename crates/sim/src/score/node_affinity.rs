//! NodeAffinity: the weights of the preferred terms that the node matches.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go.

use super::MAX_NODE_SCORE;
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

/// Normalised scores; `false` where the pod prefers nothing.
pub(crate) fn score(state: &State, cycle: &Cycle, nodes: &[NodeId], out: &mut Vec<i64>) -> bool {
    let Some(preferences) = cycle.plan.preferences else { return false };
    let row = &state.statics.preferences[preferences.index()].weight;
    out.clear();
    out.extend(nodes.iter().map(|it| row[it.index()]));
    let most = out.iter().copied().max().unwrap_or(0);
    if most > 0 {
        out.iter_mut().for_each(|it| *it = MAX_NODE_SCORE * *it / most);
    }
    true
}
