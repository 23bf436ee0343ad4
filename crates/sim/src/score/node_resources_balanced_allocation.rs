//! NodeResourcesBalancedAllocation: cpu and memory should be used in like shares.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go.

use super::MAX_NODE_SCORE;
use crate::nodes::Usage;
use crate::requests::Request;
use crate::version::Rules;

/// A pod that requests neither cpu nor memory is not scored.
pub(crate) fn skips(request: &Request) -> bool {
    request.millicpu == 0 && request.memory == 0
}

/// The raw score, which is also the normalised one.
pub(crate) fn score(request: &Request, usage: &Usage, rules: Rules) -> i64 {
    let with = balance(usage, request.millicpu, request.memory);
    if !rules.balance_is_relative() {
        return with;
    }
    let without = balance(usage, 0, 0);
    MAX_NODE_SCORE / 2 + (MAX_NODE_SCORE / 2 + with - without) / 2
}

fn balance(usage: &Usage, millicpu: i64, memory: i64) -> i64 {
    let cpu = share(usage.requested_millicpu + millicpu, usage.millicpu);
    let memory = share(usage.requested_memory + memory, usage.memory);
    let deviation = match (cpu, memory) {
        (Some(cpu), Some(memory)) => ((cpu - memory) / 2.0).abs(),
        // One resource alone is always in balance.
        _ => 0.0,
    };
    ((1.0 - deviation) * MAX_NODE_SCORE as f64) as i64
}

fn share(requested: i64, capacity: i64) -> Option<f64> {
    (capacity != 0).then(|| (requested as f64 / capacity as f64).min(1.0))
}
