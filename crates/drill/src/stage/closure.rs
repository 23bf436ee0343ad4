//! Which units a run has to simulate.

use std::collections::BTreeSet;

use seatrial_sim::PodId;

use crate::world::{Facts, World};

/// Units that must be simulated together with `touched`: those that share budgets or quotas, those that wait for room, and those whose pods
/// could have to make room.
pub fn closure(world: &World, touched: &BTreeSet<usize>) -> Vec<usize> {
    let waits = |it: &usize| world.units[*it].pods.iter().any(|pod| world.state.node_of(*pod).is_none());
    let seeds: BTreeSet<usize> = touched.iter().copied().chain((0..world.units.len()).filter(waits)).collect();
    let components: BTreeSet<usize> = seeds.iter().map(|it| world.units[*it].component).collect();
    let priority = |it: &usize| world.units[*it].pods.iter().map(|pod| world.state.priority(*pod)).max();
    let mut units: Vec<usize> = (0..world.units.len()).filter(|it| components.contains(&world.units[*it].component)).collect();
    let most = units.iter().filter(|it| !matches!(world.units[**it].kind, crate::world::Kind::Daemon)).filter_map(priority).max().unwrap_or(i32::MIN);
    let below: BTreeSet<usize> = (0..world.units.len()).filter(|it| priority(it).is_some_and(|it| it < most)).map(|it| world.units[it].component).collect();
    if !below.is_empty() {
        units = (0..world.units.len()).filter(|it| components.contains(&world.units[*it].component) || below.contains(&world.units[*it].component)).collect();
    }
    units
}

/// The units that own some pods.
pub fn owners(world: &Facts, pods: &[PodId]) -> BTreeSet<usize> {
    pods.iter().filter_map(|it| world.unit_of_pod.get(it)).copied().collect()
}
