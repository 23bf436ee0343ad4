//! What stands in the way at the end of a run: object, field, value, the smallest fix, and Kubernetes' own words.

mod evictions;
mod fixes;
mod left;
mod scaling;

use std::collections::BTreeMap;

use seatrial_report::drill::Blocked;
use seatrial_sim::{Plugin, PodId, Relaxation};

use crate::stage::Stage;

/// Pods that wait for a node, and did not before.
pub fn pending(stage: &Stage<'_>) -> Vec<PodId> {
    let state = &stage.rehearsal.state;
    let waits = |it: &PodId| state.node_of(*it).is_none() && !state.is_terminating(*it) && !stage.world.waiting.contains(it);
    stage.rehearsal.lives.iter().filter(|it| !it.1.gone && !it.1.orphan).map(|it| *it.0).filter(waits).collect()
}

/// Everything that stands in the way, one line a cause.
pub fn rows(stage: &mut Stage<'_>, pending: &[PodId]) -> Vec<Blocked> {
    let mut rows = unscheduled(stage, pending);
    rows.extend(evictions::rows(stage));
    rows.extend(left::rows(stage));
    rows.extend(scaling::rows(stage));
    merge(rows)
}

/// Lines that differ in the pod alone become one.
fn merge(rows: Vec<Blocked>) -> Vec<Blocked> {
    let mut merged: Vec<Blocked> = Vec::new();
    for row in rows {
        let same = |it: &&mut Blocked| {
            (&it.by, &it.object, &it.field, &it.value, &it.kubernetes_message) == (&row.by, &row.object, &row.field, &row.value, &row.kubernetes_message)
        };
        match merged.iter_mut().find(same) {
            Some(it) => it.pods += row.pods,
            None => merged.push(row),
        }
    }
    merged.sort_by(|a, b| b.pods.cmp(&a.pods).then_with(|| a.cmp(b)));
    merged
}

/// Pods without a node: one of each unit is asked why.
fn unscheduled(stage: &mut Stage<'_>, pending: &[PodId]) -> Vec<Blocked> {
    let mut by_unit: BTreeMap<Option<usize>, Vec<PodId>> = BTreeMap::new();
    for pod in pending {
        by_unit.entry(stage.unit_of(*pod)).or_default().push(*pod);
    }
    let mut rows = Vec::new();
    for (unit, pods) in by_unit {
        let stateful = unit.is_some_and(|it| stage.world.units[it].kind == crate::world::Kind::StatefulSet);
        // Pods of one StatefulSet have volumes of their own; those of other units are all alike.
        let asked: Vec<(PodId, u64)> = if stateful { pods.iter().map(|it| (*it, 1)).collect() } else { vec![(pods[0], pods.len() as u64)] };
        for (pod, count) in asked {
            if let Some(mut row) = unscheduled_pod(stage, pod, unit) {
                row.pods = count;
                rows.push(row);
            }
        }
    }
    rows
}

fn unscheduled_pod(stage: &mut Stage<'_>, pod: PodId, unit: Option<usize>) -> Option<Blocked> {
    let seed = stage.seed;
    let state = &mut stage.rehearsal.state;
    let error = state.compare(pod).err()?;
    let attempt = state.preempt(pod, &error, seed);
    let message = state.message(&error, Some(&attempt));
    let relaxation = match &error.everywhere {
        Some(status) => Some(Relaxation { drop: vec![status.plugin], nodes: Vec::new(), short: Vec::new() }),
        None => {
            let all = state.relaxations(pod);
            let usable = |it: &Relaxation| it.nodes.iter().any(|node| !stage.watch.lost.contains(node) && !stage.drained.contains(node));
            let mut usable: Vec<Relaxation> = all.into_iter().filter(usable).collect();
            // Tolerating a control-plane taint or ignoring a cordon is nobody's smallest fix where another one is as small.
            usable.sort_by_key(|it| (it.drop.len(), it.drop.contains(&Plugin::TaintToleration), std::cmp::Reverse(it.nodes.len())));
            usable.into_iter().next()
        }
    };
    let mut row = fixes::row(stage, pod, unit, relaxation.as_ref());
    row.pod = stage.pod_name(pod);
    row.kubernetes_message = message;
    Some(row)
}
