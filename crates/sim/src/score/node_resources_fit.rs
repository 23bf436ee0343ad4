//! NodeResourcesFit: the least allocated node is best; cpu and memory count the same.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/noderesources/least_allocated.go.

use super::MAX_NODE_SCORE;
use crate::nodes::Usage;
use crate::requests::Request;

/// The raw score, which is also the normalised one.
pub(crate) fn score(request: &Request, usage: &Usage) -> i64 {
    let cpu = part(usage.nonzero_millicpu + request.score_millicpu, usage.millicpu);
    let memory = part(usage.nonzero_memory + request.score_memory, usage.memory);
    match (cpu, memory) {
        (Some(cpu), Some(memory)) => (cpu + memory) / 2,
        (only, None) | (None, only) => only.unwrap_or(0),
    }
}

/// The free share of a resource in hundredths; `None` where the node has none of it.
fn part(requested: i64, capacity: i64) -> Option<i64> {
    match capacity {
        0 => None,
        _ if requested > capacity => Some(0),
        _ => Some(hundredths(capacity - requested, capacity)),
    }
}

/// 100 x part / whole, without overflow for amounts of exbibytes.
fn hundredths(part: i64, whole: i64) -> i64 {
    match part.checked_mul(MAX_NODE_SCORE) {
        Some(it) => it / whole,
        None => (i128::from(part) * i128::from(MAX_NODE_SCORE) / i128::from(whole)) as i64,
    }
}
