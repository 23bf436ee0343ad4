//! Which nodes would take the pods that find no place: added one after another until all have one.

use seatrial_report::drill::Need;
use seatrial_sim::{NodeId, PodId, Scheduler, State};

use crate::stage::{Stage, like};
use crate::world::{Facts, group_of, zone_of};

/// Beyond this many the answer is "far too few".
const MOST: usize = 30;

/// The nodes, by group and zone. Pods that no further node would help are left out.
pub fn needs(stage: &mut Stage<'_>, pending: &[PodId]) -> Vec<Need> {
    let models = models(stage);
    if pending.is_empty() || models.is_empty() {
        return Vec::new();
    }
    let world = stage.world;
    let state = &mut stage.rehearsal.state;
    let mark = state.mark();
    let mut open = pending.to_vec();
    let mut found: Vec<Need> = Vec::new();
    for added in 0..MOST {
        let best = models.iter().map(|model| (try_one(world, state, *model, &open, added), *model)).max_by_key(|it| (it.0, std::cmp::Reverse(it.1)));
        let Some((takes, model)) = best.filter(|it| it.0 > 0) else { break };
        let node = state.add_node(like(world, state, model, &format!("needed-{added}")));
        open = place(state, &open);
        let labels = state.node_labels(node);
        let text = |key: &str| labels.get(key).map(|it| it.to_string()).unwrap_or_default();
        let (group, zone) = (group_of(labels).to_owned(), zone_of(labels).to_owned());
        match found.iter_mut().find(|it| it.node_group == group && it.zone == zone) {
            Some(it) => it.count += 1,
            None => found.push(Need { node_group: group, count: 1, zone, instance_type: text("node.kubernetes.io/instance-type") }),
        }
        if open.is_empty() || takes == 0 {
            break;
        }
    }
    state.rollback(mark);
    found.sort();
    found
}

/// A node of each group in each zone that is still there.
fn models(stage: &Stage<'_>) -> Vec<NodeId> {
    let state = &stage.rehearsal.state;
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut models = Vec::new();
    for node in state.node_ids().filter(|it| !stage.watch.lost.contains(it)) {
        let labels = state.node_labels(node);
        let key = (group_of(labels).to_owned(), zone_of(labels).to_owned());
        if !seen.contains(&key) {
            seen.push(key);
            models.push(node);
        }
    }
    models
}

/// How many of the pods one more node would take.
fn try_one(world: &Facts, state: &mut State, model: NodeId, open: &[PodId], added: usize) -> usize {
    let mark = state.mark();
    let facts = like(world, state, model, &format!("needed-{added}"));
    state.add_node(facts);
    let left = place(state, open).len();
    state.rollback(mark);
    open.len() - left
}

/// Places pods; returns those that found nothing.
fn place(state: &mut State, pods: &[PodId]) -> Vec<PodId> {
    let mut scheduler = Scheduler::new(0);
    pods.iter().copied().filter(|it| scheduler.place(state, *it).is_none()).collect()
}
