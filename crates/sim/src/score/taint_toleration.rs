//! TaintToleration: the fewer PreferNoSchedule taints the pod does not tolerate, the better.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go.

use super::MAX_NODE_SCORE;
use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

/// Normalised scores; `false` where all nodes have the best.
pub(crate) fn score(state: &State, cycle: &Cycle, nodes: &[NodeId], out: &mut Vec<i64>) -> bool {
    let row = cycle.tolerations(state);
    if !row.any_soft {
        return false;
    }
    out.clear();
    out.extend(nodes.iter().map(|it| i64::from(row.soft[it.index()])));
    let most = out.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return false;
    }
    out.iter_mut().for_each(|it| *it = MAX_NODE_SCORE - MAX_NODE_SCORE * *it / most);
    true
}
