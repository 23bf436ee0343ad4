//! The cluster by zones at the end of a run.

use std::collections::BTreeMap;

use seatrial_report::drill::{Fate, Node, Pod, Zone};
use seatrial_sim::{NodeId, PodId};

use crate::stage::Stage;
use crate::world::{group_of, zone_of};

/// Zones with their nodes and pods, and the pods without a node. Pods of DaemonSets are left out.
pub fn picture(stage: &Stage<'_>) -> (Vec<Zone>, Vec<String>) {
    let state = &stage.rehearsal.state;
    let mut zones: BTreeMap<String, Vec<Node>> = BTreeMap::new();
    for id in state.node_ids().chain(stage.watch.removed.iter().chain(&stage.watch.collected).copied()) {
        let zone = zone_of(state.node_labels(id));
        zones.entry(zone.to_owned()).or_default().push(node(stage, id));
    }
    // Pods that waited before are not this rehearsal's.
    let waits = |it: &(&PodId, &seatrial_sim::controllers::rehearsal::Life)| {
        !it.1.gone && !it.1.orphan && !stage.world.waiting.contains(it.0) && state.node_of(*it.0).is_none() && !state.is_terminating(*it.0)
    };
    let mut waiting: Vec<String> = stage.rehearsal.lives.iter().filter(waits).map(|it| stage.pod_name(*it.0)).collect();
    waiting.sort();
    for nodes in zones.values_mut() {
        nodes.sort_by(|a, b| (&a.group, &a.name).cmp(&(&b.group, &b.name)));
    }
    (zones.into_iter().map(|(name, nodes)| Zone { name, nodes }).collect(), waiting)
}

fn node(stage: &Stage<'_>, id: NodeId) -> Node {
    let state = &stage.rehearsal.state;
    let usage = state.usage(id);
    let share = |asked: i64, has: i64| if has > 0 { (asked as f64 / has as f64).clamp(0.0, 1.0) } else { 0.0 };
    let lost = stage.watch.lost.contains(&id);
    let was = stage.world.pods_before(id);
    let mut pods: Vec<Pod> = Vec::new();
    let mut here: Vec<PodId> = state.pods_on(id).to_vec();
    here.sort_unstable();
    let mut left = 0;
    for pod in &here {
        let Some(life) = stage.rehearsal.lives.get(pod).or_else(|| stage.world.lives.get(pod)) else { continue };
        if life.daemon {
            continue;
        }
        let original = was.binary_search(pod).is_ok();
        let fate = match (lost, original) {
            (true, _) => Fate::Lost,
            (false, true) if life.ready || !stage.rehearsal.lives.contains_key(pod) => Fate::Kept,
            (false, false) if life.ready => Fate::Moved,
            _ => Fate::Pending,
        };
        pods.push(Pod { name: stage.pod_name(*pod), fate });
    }
    for pod in was.iter().filter(|it| here.binary_search(it).is_err()) {
        left += u64::from(stage.world.lives.get(pod).is_some_and(|it| !it.daemon));
    }
    pods.sort_by(|a, b| (a.fate, &a.name).cmp(&(b.fate, &b.name)));
    let (cpu, memory) = if lost { (0.0, 0.0) } else { (share(usage.requested_millicpu, usage.millicpu), share(usage.requested_memory, usage.memory)) };
    let facts_cordoned = state.node_facts(id).unschedulable;
    Node { name: state.node_name(id).to_string(), group: group_of(state.node_labels(id)).to_owned(), lost, cordoned: facts_cordoned, cpu, memory, left, pods }
}
