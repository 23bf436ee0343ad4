//! Laws that hold whatever the cluster looks like.

use proptest::prelude::*;
use seatrial_sim::{NodeId, Outcome, PodId, Scheduler, State};

use crate::clusters::{Case, case, node};

fn fill(case: &Case, seed: u64) -> (State, Vec<PodId>) {
    let mut state = case.state();
    let ids: Vec<PodId> = case.pods.iter().map(|it| state.add_pod(it)).collect();
    let mut scheduler = Scheduler::new(seed);
    ids.iter().for_each(|it| {
        scheduler.schedule(&mut state, *it);
    });
    (state, ids)
}

fn places(state: &State, ids: &[PodId]) -> Vec<Option<NodeId>> {
    ids.iter().map(|it| state.node_of(*it)).collect()
}

/// Does something to the cluster; every operation is one that a rehearsal makes.
fn disturb(state: &mut State, ids: &[PodId], scheduler: &mut Scheduler, operation: u8, subject: u8) {
    let pod = ids[usize::from(subject) % ids.len()];
    let nodes: Vec<NodeId> = state.node_ids().collect();
    let at = nodes.get(usize::from(subject) % nodes.len().max(1)).copied();
    match (operation % 7, at) {
        (0, _) if state.node_of(pod).is_some() => state.unbind(pod),
        (1, _) if state.node_of(pod).is_none() => drop(scheduler.schedule(state, pod)),
        (2, _) => state.terminate(pod),
        (3, Some(node)) => drop(state.remove_node(node)),
        (4, Some(node)) => {
            let mut facts = state.node_facts(node);
            facts.unschedulable = !facts.unschedulable;
            facts.labels.insert("topology.kubernetes.io/zone".into(), "b".into());
            state.update_node(node, facts);
        }
        (5, Some(node)) => state.nominate(pod, Some(node)),
        _ => {
            let facts = node(&format!("extra{subject}"), Some("c"), 4000, 4096, 12);
            state.add_node(facts);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn rollback_restores_every_byte(case in case(), operations in prop::collection::vec((any::<u8>(), any::<u8>()), 1..30)) {
        let (mut state, ids) = fill(&case, 1);
        let mut scheduler = Scheduler::new(2);
        // The nodes that operations add exist beforehand: a node that was taken back keeps its number.
        for (_, subject) in &operations {
            let extra = state.add_node(node(&format!("extra{subject}"), Some("c"), 4000, 4096, 12));
            state.remove_node(extra);
        }
        let before = state.dump();
        let mark = state.mark();
        operations.iter().for_each(|(operation, subject)| disturb(&mut state, &ids, &mut scheduler, *operation, *subject));
        state.rollback(mark);
        prop_assert_eq!(state.dump(), before);
    }

    #[test]
    fn what_was_rolled_back_leaves_no_trace_in_later_decisions(case in case(), operations in prop::collection::vec((any::<u8>(), any::<u8>()), 1..20)) {
        let (mut state, ids) = fill(&case, 1);
        let mark = state.mark();
        let mut scheduler = Scheduler::new(2);
        operations.iter().for_each(|(operation, subject)| disturb(&mut state, &ids, &mut scheduler, *operation, *subject));
        state.rollback(mark);
        let (mut fresh, _) = fill(&case, 1);
        for id in &ids {
            if state.node_of(*id).is_none() {
                prop_assert_eq!(Scheduler::new(3).find(&mut state, *id), Scheduler::new(3).find(&mut fresh, *id));
            }
        }
    }

    #[test]
    fn seeds_only_choose_among_the_best(case in case(), seed in any::<u64>()) {
        let mut state = case.state();
        let mut scheduler = Scheduler::new(seed);
        for pod in &case.pods {
            let id = state.add_pod(pod);
            let best = state.compare(id).map(|it| it.best()).unwrap_or_default();
            match scheduler.schedule(&mut state, id) {
                Outcome::Found(placement) => prop_assert!(best.contains(&placement.node)),
                _ => prop_assert!(best.is_empty()),
            }
        }
    }

    #[test]
    fn quick_placement_is_the_same_as_the_full_cycle(case in case(), seed in any::<u64>()) {
        let (full, ids) = fill(&case, seed);
        let mut quick = case.state();
        let mut scheduler = Scheduler::new(seed);
        let quick_ids: Vec<PodId> = case.pods.iter().map(|it| quick.add_pod(it)).collect();
        for it in &quick_ids {
            scheduler.place(&mut quick, *it);
        }
        prop_assert_eq!(places(&full, &ids), places(&quick, &quick_ids));
    }

    #[test]
    fn threads_change_nothing(case in case()) {
        let alone: Vec<_> = (0..4).map(|seed| { let (state, ids) = fill(&case, seed); places(&state, &ids) }).collect();
        let case = &case;
        let together: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|seed| scope.spawn(move || { let (state, ids) = fill(case, seed); places(&state, &ids) })).collect();
            all.into_iter().map(|it| it.join().expect("a simulation")).collect()
        });
        prop_assert_eq!(alone, together);
    }

    /// For pods without hard spread constraints: there, a new and empty domain may close the others.
    #[test]
    fn an_empty_node_takes_no_feasible_node_away(case in case()) {
        let (mut state, _) = fill(&case, 1);
        let newcomers: Vec<PodId> = case.pods.iter().enumerate().filter(|it| it.1.spec.topology_spread_constraints.is_empty()).map(|(at, it)| {
            let mut facts = it.clone();
            facts.name = format!("new{at}").into();
            state.add_pod(&facts)
        }).collect();
        let feasible = |state: &mut State| -> Vec<Vec<NodeId>> { newcomers.iter().map(|it| state.compare(*it).map(|it| { let mut all = it.feasible; all.sort(); all }).unwrap_or_default()).collect() };
        let before = feasible(&mut state);
        state.add_node(node("fresh", Some("a"), 4000, 4096, 12));
        let after = feasible(&mut state);
        for (before, after) in before.iter().zip(&after) {
            prop_assert!(before.iter().all(|it| after.contains(it)), "{:?} then {:?}", before, after);
        }
    }

    #[test]
    fn preemption_leaves_the_state_as_it_was(case in case(), priority in 1..100i32) {
        let (mut state, _) = fill(&case, 1);
        let mut wanting = case.pods[0].clone();
        wanting.name = "urgent".into();
        std::sync::Arc::make_mut(&mut wanting.spec).priority = Some(priority);
        let id = state.add_pod(&wanting);
        let Err(error) = state.compare(id) else { return Ok(()) };
        let before = state.dump();
        let attempt = state.preempt(id, &error, 7);
        prop_assert_eq!(state.dump(), before);
        for candidate in &attempt.candidates {
            let mark = state.mark();
            candidate.victims.iter().for_each(|it| state.unbind(*it));
            prop_assert!(state.refusal(id, candidate.node).is_none(), "the victims make room");
            state.rollback(mark);
        }
    }
}
