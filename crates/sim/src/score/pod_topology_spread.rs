//! PodTopologySpread: domains with few of the pod's kind are better, by the soft constraints or the system's defaults.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/podtopologyspread/scoring.go.

use super::MAX_NODE_SCORE;
use crate::counts::Counts;
use crate::cycle::Cycle;
use crate::ids::{NONE, NodeId};
use crate::plan::Spread;
use crate::state::State;

/// The node lacks one of the keys and gets nothing.
const IGNORED: i64 = -1;

/// Normalised scores; `false` where the pod has no soft constraint.
pub(crate) fn score(state: &State, cycle: &Cycle, nodes: &[NodeId], out: &mut Vec<i64>) -> bool {
    if cycle.plan.soft.is_empty() {
        return false;
    }
    let needs_all = cycle.plan.soft_needs_all_keys;
    let parts = parts(state, cycle, nodes);
    out.clear();
    match &parts[..] {
        [host, zone] if host.spread.is_hostname && !zone.spread.is_hostname => raw_by_zone(host, zone, needs_all, nodes, out),
        _ => out.extend(nodes.iter().map(|node| raw(&parts, needs_all, *node))),
    }
    normalize(out);
    true
}

/// A constraint with the weight that this cycle's feasible nodes give it.
struct Part<'a> {
    spread: &'a Spread,
    /// Domain of the key, by node.
    domain: &'a [u32],
    /// Domains of the key.
    size: usize,
    counts: Option<&'a Counts>,
    weight: f64,
}

impl Part<'_> {
    /// Pods that count for the node: of its domain, or its own where the key is the hostname.
    #[inline]
    fn count(&self, node: NodeId, domain: u32) -> i64 {
        self.counts.map_or(0, |counts| counts.get(if self.spread.is_hostname { node.0 } else { domain }))
    }

    #[inline]
    fn score(&self, count: i64) -> f64 {
        count as f64 * self.weight + (self.spread.max_skew - 1) as f64
    }
}

/// The more domains, the more a difference in one of them counts: ln(domains + 2).
fn parts<'a>(state: &'a State, cycle: &'a Cycle, nodes: &[NodeId]) -> Vec<Part<'a>> {
    let domain = |spread: &Spread| state.topology.keys[spread.key.index()].domain.as_slice();
    let keys: Vec<&[u32]> = cycle.plan.soft.iter().map(domain).collect();
    let ignored = |node: &NodeId| cycle.plan.soft_needs_all_keys && keys.iter().any(|key| key[node.index()] == NONE);
    let of = |spread: &'a Spread| {
        let domains = if spread.is_hostname {
            nodes.iter().filter(|it| !ignored(it)).count()
        } else {
            // A node without the label is in a domain of its own here: the empty value.
            let key = &state.topology.keys[spread.key.index()];
            distinct(&key.domain, key.value.len(), key.has_gaps, nodes.iter().filter(|it| !ignored(it)))
        };
        let counts = spread.counter.map(|it| &state.podsets.counters[it.index()].counts);
        Part { spread, domain: domain(spread), size: state.topology.keys[spread.key.index()].value.len(), counts, weight: ((domains + 2) as f64).ln() }
    };
    cycle.plan.soft.iter().map(of).collect()
}

/// How many of `size` domains, and of the one of nodes without the label, the nodes are in.
fn distinct<'a>(domain: &[u32], size: usize, has_gaps: bool, nodes: impl Iterator<Item = &'a NodeId>) -> usize {
    let (mut seen, mut found) = (vec![false; size + 1], 0);
    let all = if has_gaps { size + 1 } else { size };
    for node in nodes {
        let at = (domain[node.index()] as usize).min(size);
        if !seen[at] {
            seen[at] = true;
            found += 1;
            if found == all {
                break;
            }
        }
    }
    found
}

fn raw(parts: &[Part<'_>], needs_all: bool, node: NodeId) -> i64 {
    let mut sum = 0.0;
    for it in parts {
        match it.domain[node.index()] {
            NONE if needs_all => return IGNORED,
            NONE => {}
            domain => sum += it.score(it.count(node, domain)),
        }
    }
    round(sum)
}

/// The system's defaults and constraints like them: where a node has none of the pods, its raw score is that of its zone.
fn raw_by_zone(host: &Part<'_>, zone: &Part<'_>, needs_all: bool, nodes: &[NodeId], out: &mut Vec<i64>) {
    let mut of_zone: Vec<Option<i64>> = vec![None; zone.size];
    out.extend(nodes.iter().map(|node| {
        let domain = zone.domain[node.index()];
        if domain == NONE || host.domain[node.index()] == NONE || host.count(*node, NONE) != 0 {
            return raw_of_two(host, zone, needs_all, *node);
        }
        *of_zone[domain as usize].get_or_insert_with(|| raw_of_two(host, zone, needs_all, *node))
    }));
}

fn raw_of_two(host: &Part<'_>, zone: &Part<'_>, needs_all: bool, node: NodeId) -> i64 {
    let mut sum = 0.0;
    for it in [host, zone] {
        match it.domain[node.index()] {
            NONE if needs_all => return IGNORED,
            NONE => {}
            domain => sum += it.score(it.count(node, domain)),
        }
    }
    round(sum)
}

/// Half away from zero, for sums that are not negative.
fn round(sum: f64) -> i64 {
    let whole = sum as i64;
    whole + i64::from(sum - whole as f64 >= 0.5)
}

fn normalize(scores: &mut [i64]) {
    let (mut least, mut most) = (i64::MAX, 0);
    for it in scores.iter().filter(|it| **it != IGNORED) {
        (least, most) = (least.min(*it), most.max(*it));
    }
    // Neighbours often have the same raw score: a division each would cost more than the rest.
    let mut last = (IGNORED, 0);
    for it in scores {
        if *it == IGNORED {
            *it = 0;
            continue;
        }
        if *it != last.0 {
            last = (*it, if most == 0 { MAX_NODE_SCORE } else { MAX_NODE_SCORE * (most + least - *it) / most });
        }
        *it = last.1;
    }
}
