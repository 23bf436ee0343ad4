//! PodTopologySpread: no domain may get ahead of the emptiest by more than the allowed skew.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/podtopologyspread/filtering.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::{NONE, NodeId};
use crate::plan::Spread;
use crate::state::State;

/// How a constraint is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The node lacks the topology label.
    NoLabel,
    /// The skew would be too large.
    Skew,
}

#[inline]
pub(crate) fn refusal(state: &State, cycle: &Cycle, node: NodeId) -> Option<Refusal> {
    for (at, spread) in cycle.plan.hard.iter().enumerate() {
        let domain = state.topology.domain(spread.key, node);
        if domain == NONE {
            return Some(Refusal::NoLabel);
        }
        let open = match cycle.open[at].get(domain as usize) {
            Some(open) => *open,
            None => is_open(state, spread, cycle.minima[at], domain),
        };
        if !open {
            return Some(Refusal::Skew);
        }
    }
    None
}

fn is_open(state: &State, spread: &Spread, min: i64, domain: u32) -> bool {
    let matching = spread.counter.map_or(0, |it| state.podsets.counters[it.index()].counts.get(domain));
    matching + i64::from(spread.selects_itself) - min <= spread.max_skew
}

/// Up to this many domains are looked up once for all nodes.
const FEW_DOMAINS: usize = 16;

/// Whether each domain may take the pod, for constraints with few domains.
pub(crate) fn open_domains(state: &State, cycle: &Cycle) -> Vec<Vec<bool>> {
    let of = |(spread, min): (&Spread, &i64)| match state.topology.keys[spread.key.index()].value.len() {
        count if count <= FEW_DOMAINS => (0..count as u32).map(|domain| is_open(state, spread, *min, domain)).collect(),
        _ => Vec::new(),
    };
    cycle.plan.hard.iter().zip(&cycle.minima).map(of).collect()
}

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    Some(match refusal(state, cycle, node)? {
        Refusal::NoLabel => Status::unresolvable(Plugin::PodTopologySpread, "node(s) didn't match pod topology spread constraints (missing required label)"),
        Refusal::Skew => Status::resolvable(Plugin::PodTopologySpread, "node(s) didn't match pod topology spread constraints"),
    })
}

/// The least count of each hard constraint: 0 while fewer domains exist than it asks for.
pub(crate) fn minima(state: &State, cycle: &Cycle) -> Vec<i64> {
    let least = |(spread, population): (&Spread, &std::sync::Arc<crate::counts::Population>)| {
        if (population.inhabited as i64) < spread.min_domains {
            return 0;
        }
        let counts = spread.counter.map(|it| &state.podsets.counters[it.index()].counts);
        counts.map_or(0, |it| it.min_over(population).unwrap_or(0))
    };
    cycle.plan.hard.iter().zip(&cycle.populations).map(least).collect()
}
