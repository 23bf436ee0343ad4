//! TaintToleration: the fewer PreferNoSchedule taints the pod does not tolerate, the better.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go.

use super::default_normalize_score;
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
    default_normalize_score(true, out);
    true
}
