//! PodTopologySpread: no domain may get ahead of the emptiest by more than the allowed skew.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/podtopologyspread/filtering.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::{NONE, NodeId};
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
    for (spread, min) in cycle.plan.hard.iter().zip(&cycle.minima) {
        let domain = state.topology.domain(spread.key, node);
        if domain == NONE {
            return Some(Refusal::NoLabel);
        }
        let matching = spread.counter.map_or(0, |it| state.podsets.counters[it.index()].counts.get(domain));
        if matching + i64::from(spread.selects_itself) - min > spread.max_skew {
            return Some(Refusal::Skew);
        }
    }
    None
}

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    Some(match refusal(state, cycle, node)? {
        Refusal::NoLabel => Status::unresolvable(Plugin::PodTopologySpread, "node(s) didn't match pod topology spread constraints (missing required label)"),
        Refusal::Skew => Status::resolvable(Plugin::PodTopologySpread, "node(s) didn't match pod topology spread constraints"),
    })
}

/// The least count of each hard constraint: 0 while fewer domains exist than it asks for.
pub(crate) fn minima(state: &State, cycle: &Cycle) -> Vec<i64> {
    let least = |(spread, population): (&crate::plan::Spread, &std::sync::Arc<crate::counts::Population>)| {
        if (population.inhabited as i64) < spread.min_domains {
            return 0;
        }
        let counts = spread.counter.map(|it| &state.podsets.counters[it.index()].counts);
        counts.map_or(0, |it| it.min_over(population).unwrap_or(0))
    };
    cycle.plan.hard.iter().zip(&cycle.populations).map(least).collect()
}
