//! InterPodAffinity: the weights of the pod's own preferred terms, and of the terms of placed pods that select it.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/interpodaffinity/scoring.go.

use super::MAX_NODE_SCORE;
use crate::counts::Counts;
use crate::cycle::Cycle;
use crate::ids::{KeyId, NONE, NodeId};
use crate::podsets::TermKind;
use crate::state::State;

/// Normalised scores; `false` where no term matches anything.
pub(crate) fn score(state: &State, cycle: &Cycle, nodes: &[NodeId], out: &mut Vec<i64>) -> bool {
    let mut any = false;
    for term in &cycle.plan.preferred_terms {
        let counts = &state.podsets.counters[term.counter.index()].counts;
        any |= add(state, nodes, out, any, term.key, counts, term.weight);
    }
    for term in &state.pods.classes[cycle.class.index()].selected_by {
        let term = state.owners(*term);
        if let TermKind::Weight(weight) = term.kind {
            any |= add(state, nodes, out, any, term.key, &term.owners, weight);
        }
    }
    if any {
        normalize(out);
    }
    any
}

/// Adds weight x count by domain; `false` where nothing is counted anywhere.
fn add(state: &State, nodes: &[NodeId], out: &mut Vec<i64>, begun: bool, key: KeyId, counts: &Counts, weight: i64) -> bool {
    if counts.total() == 0 {
        return false;
    }
    if !begun {
        out.clear();
        out.resize(nodes.len(), 0);
    }
    for (sum, node) in out.iter_mut().zip(nodes) {
        let domain = state.topology.domain(key, *node);
        if domain != NONE {
            *sum += weight * counts.get(domain);
        }
    }
    true
}

fn normalize(scores: &mut [i64]) {
    let (least, most) = scores.iter().fold((i64::MAX, i64::MIN), |(least, most), it| (least.min(*it), most.max(*it)));
    let range = most - least;
    for it in scores {
        let share = if range > 0 { (*it - least) as f64 / range as f64 } else { 0.0 };
        *it = (MAX_NODE_SCORE as f64 * share) as i64;
    }
}
