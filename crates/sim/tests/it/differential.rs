//! The engine against the slow reference: the same feasible nodes and the same scores, pod after pod.

use proptest::prelude::*;
use seatrial_sim::{NodeId, PodId, State};

use crate::clusters::{Case, case};
use crate::reference::Reference;

fn position(state: &State, node: NodeId) -> usize {
    state.node_name(node).trim_start_matches('n').parse().expect("nodes are named by their position")
}

fn agree(case: &Case, choices: &[u8]) -> Result<(), TestCaseError> {
    let mut state = case.state();
    let mut reference = Reference { case, placed: Vec::new() };
    let mut ids: Vec<PodId> = Vec::new();
    for (pod, choice) in case.pods.iter().zip(choices.iter().cycle()) {
        let id = state.add_pod(pod);
        let wanted: Vec<usize> = reference.feasible(pod).into_iter().collect();
        let ours = state.compare(id);
        let mut found: Vec<(usize, i64)> =
            ours.iter().flat_map(|it| it.feasible.iter().zip(&it.total)).map(|(node, sum)| (position(&state, *node), *sum)).collect();
        found.sort_unstable();
        prop_assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), wanted.clone(), "feasible nodes of {}", pod.name);
        if wanted.is_empty() {
            continue;
        }
        prop_assert_eq!(found.iter().map(|it| it.1).collect::<Vec<_>>(), reference.totals(pod, &wanted), "scores of {}", pod.name);
        let node = wanted[usize::from(*choice) % wanted.len()];
        state.bind(id, state.find_node(&format!("n{node}")).expect("the node"));
        reference.placed.push((pod, node, false));
        ids.push(id);
        // Now and then a pod goes, or is asked to.
        match choice % 11 {
            0 => {
                let at = usize::from(*choice) % ids.len();
                state.delete_pod(ids.remove(at));
                reference.placed.remove(at);
            }
            1 => {
                let at = usize::from(*choice) % ids.len();
                state.terminate(ids[at]);
                reference.placed[at].2 = true;
            }
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_agrees_with_the_reference(case in case(), choices in prop::collection::vec(any::<u8>(), 24)) {
        agree(&case, &choices)?;
    }
}
