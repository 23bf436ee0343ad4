//! ImageLocality: nodes that have the pod's images already, by size and by how widely they are spread.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/imagelocality/image_locality.go; the scores are computed in `statics`.

use crate::cycle::Cycle;
use crate::ids::NodeId;
use crate::state::State;

/// Scores; `false` where all nodes have none.
pub(crate) fn score(state: &State, cycle: &Cycle, nodes: &[NodeId], out: &mut Vec<i64>) -> bool {
    let Some(row) = cycle.plan.images.map(|it| &state.statics.images[it.index()]).filter(|it| it.any) else { return false };
    out.clear();
    out.extend(nodes.iter().map(|it| i64::from(row.score[it.index()])));
    true
}
