//! InterPodAffinity: required affinity and anti-affinity of the pod, and the anti-affinity of the pods that are there.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/interpodaffinity/filtering.go.

use super::{Plugin, Status};
use crate::cycle::Cycle;
use crate::ids::{NONE, NodeId};
use crate::podsets::TermKind;
use crate::state::State;

/// Which rule refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Affinity,
    AntiAffinity,
    ExistingAntiAffinity,
}

#[inline]
pub(crate) fn refusal(state: &State, cycle: &Cycle, node: NodeId) -> Option<Refusal> {
    if !cycle.plan.affinity_terms.is_empty() && !affinity_holds(state, cycle, node) {
        return Some(Refusal::Affinity);
    }
    if cycle.plan.anti_terms.iter().any(|term| count(state, term, node) > 0) {
        return Some(Refusal::AntiAffinity);
    }
    cycle.repelled_by.iter().any(|term| repels(state, *term, node)).then_some(Refusal::ExistingAntiAffinity)
}

fn count(state: &State, term: &crate::plan::OwnTerm, node: NodeId) -> i64 {
    match state.topology.domain(term.key, node) {
        NONE => 0,
        domain => state.podsets.counters[term.counter.index()].counts.get(domain),
    }
}

fn repels(state: &State, term: crate::ids::TermId, node: NodeId) -> bool {
    let term = state.owners(term);
    let domain = state.topology.domain(term.key, node);
    domain != NONE && term.owners.get(domain) > 0
}

fn affinity_holds(state: &State, cycle: &Cycle, node: NodeId) -> bool {
    let terms = &cycle.plan.affinity_terms;
    if terms.iter().any(|it| state.topology.domain(it.key, node) == NONE) {
        return false;
    }
    if terms.iter().all(|it| count(state, it, node) > 0) {
        return true;
    }
    // The first of its kind: nobody matches anywhere, and the pod matches itself.
    let nobody = terms.iter().all(|it| state.podsets.counters[it.counter.index()].counts.total() == 0);
    nobody && cycle.plan.attracts_itself
}

pub(crate) fn check(state: &State, cycle: &Cycle, node: NodeId) -> Option<Status> {
    let plugin = Plugin::InterPodAffinity;
    Some(match refusal(state, cycle, node)? {
        Refusal::Affinity => Status::unresolvable(plugin, "node(s) didn't match pod affinity rules"),
        Refusal::AntiAffinity => Status::resolvable(plugin, "node(s) didn't match pod anti-affinity rules"),
        Refusal::ExistingAntiAffinity => Status::resolvable(plugin, "node(s) didn't satisfy existing pods anti-affinity rules"),
    })
}

/// Required anti-affinity terms of placed pods that select the pod.
pub(crate) fn repelling(state: &State, cycle: &Cycle) -> Vec<crate::ids::TermId> {
    let all = &state.pods.classes[cycle.class.index()].selected_by;
    let strict = all.iter().copied().filter(|it| state.owners(*it).kind == TermKind::RequiredAnti);
    strict.filter(|it| state.owners(*it).owners.total() > 0).collect()
}
