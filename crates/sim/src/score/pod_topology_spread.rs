//! PodTopologySpread: domains with few of the pod's kind are better, by the soft constraints or the system's defaults.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/podtopologyspread/scoring.go.

use super::MAX_NODE_SCORE;
use crate::counts::Counts;
use crate::cycle::Cycle;
use crate::ids::{NONE, NodeId};
use crate::plan::Spread;
use crate::state::State;
use crate::topology::EACH_NODE;

/// The node lacks one of the keys and gets nothing.
const IGNORED: i64 = -1;

/// Normalised scores; `false` where the pod has no soft constraint.
pub(crate) fn score(state: &State, cycle: &Cycle, nodes: &[NodeId], out: &mut Vec<i64>) -> bool {
    if cycle.plan.soft.is_empty() {
        return false;
    }
    let parts = parts(state, cycle, nodes);
    out.clear();
    for node in nodes {
        let ignored = cycle.plan.soft_needs_all_keys && parts.iter().any(|it| state.topology.domain(it.spread.key, *node) == NONE);
        out.push(if ignored { IGNORED } else { raw(state, &parts, *node) });
    }
    normalize(out);
    true
}

/// A constraint with the weight that this cycle's feasible nodes give it.
struct Part<'a> {
    spread: &'a Spread,
    counts: Option<&'a Counts>,
    weight: f64,
}

/// The more domains, the more a difference in one of them counts: ln(domains + 2).
fn parts<'a>(state: &'a State, cycle: &'a Cycle, nodes: &[NodeId]) -> Vec<Part<'a>> {
    let needs_all = cycle.plan.soft_needs_all_keys;
    let ignored = |node: &NodeId| needs_all && cycle.plan.soft.iter().any(|it| state.topology.domain(it.key, *node) == NONE);
    let counted = || nodes.iter().filter(|it| !ignored(it));
    let domains = |spread: &Spread| {
        if spread.is_hostname {
            return counted().count();
        }
        // A node without the label is in a domain of its own here: the empty value.
        let mut seen = vec![false; state.topology.keys[spread.key.index()].value.len() + 1];
        for node in counted() {
            let domain = state.topology.domain(spread.key, *node);
            let at = if domain == NONE { seen.len() - 1 } else { domain as usize };
            seen[at] = true;
        }
        seen.iter().filter(|it| **it).count()
    };
    let of = |spread: &'a Spread| Part {
        spread,
        counts: spread.counter.map(|it| &state.podsets.counters[it.index()].counts),
        weight: ((domains(spread) + 2) as f64).ln(),
    };
    cycle.plan.soft.iter().map(of).collect()
}

fn raw(state: &State, parts: &[Part<'_>], node: NodeId) -> i64 {
    let mut sum = 0.0;
    for it in parts {
        let domain = state.topology.domain(it.spread.key, node);
        if domain == NONE {
            continue;
        }
        let at = if it.spread.is_hostname { state.topology.domain(EACH_NODE, node) } else { domain };
        let count = it.counts.map_or(0, |counts| counts.get(at));
        sum += count as f64 * it.weight + (it.spread.max_skew - 1) as f64;
    }
    sum.round() as i64
}

fn normalize(scores: &mut [i64]) {
    let (mut least, mut most) = (i64::MAX, 0);
    for it in scores.iter().filter(|it| **it != IGNORED) {
        (least, most) = (least.min(*it), most.max(*it));
    }
    for it in scores {
        *it = match *it {
            IGNORED => 0,
            _ if most == 0 => MAX_NODE_SCORE,
            raw => MAX_NODE_SCORE * (most + least - raw) / most,
        };
    }
}
