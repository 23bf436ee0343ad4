//! The update of a managed node group: new nodes, then the old ones drained and taken away, a few at a time.

use seatrial_facts::guide::Row;
use seatrial_model::IntOrString;
use seatrial_report::drill::{Drill, Verdict};
use seatrial_sim::controllers::latencies::{NODE_GROUP_DRAIN, NODE_GROUP_SETTLE, NODE_PROVISION};
use seatrial_sim::{Draws, NodeId};

use crate::card::Card;
use crate::judge::{Outcome, Rule, duration};
use crate::refusal::Refusal;
use crate::request::Request;
use crate::say;
use crate::stage::{HORIZON_MS, Stage, owners};
use crate::trial::Trial;
use crate::world::World;

pub static CARD: Card = Card {
    id: "upgrade-nodegroup",
    title: "Does the update of a node group come to its end, how long does it take, and who is without pods meanwhile?",
    usage: "upgrade-nodegroup NAME | upgrade-nodegroup --each [--force] [--max-unavailable 33%]",
    row: Row::UpgradePlan,
    why: "EKS gives a node 15 minutes to be drained. One budget that allows no disruption ends the whole update with PodEvictionFailure, half of the nodes new and half old.",
    assumptions: &[
        "EKS adds the larger of twice the zones and max-unavailable nodes first, cordons the old ones, drains max-unavailable of them at a time, waits 60 s, and has each replaced (EKS user guide, managed node updates)",
        "15 minutes for each node to be drained, then PodEvictionFailure unless forced",
        "new nodes are like the old ones and Ready after `node-provision`",
    ],
    not_modelled: &[
        "the scale-down of the added nodes at the end",
        "instances that EC2 does not have",
        "launch templates that do not boot",
        "what Karpenter or Cluster Autoscaler do meanwhile",
    ],
    run,
    worthwhile,
};

/// Time to drain one node.
///
/// Source: EKS user guide, managed node updates (PodEvictionFailure after 15 minutes).
const DRAIN_MS: i64 = NODE_GROUP_DRAIN.milliseconds;
/// Between the drain of a node and its end.
///
/// Source: EKS user guide, managed node updates.
const SETTLE_MS: i64 = NODE_GROUP_SETTLE.milliseconds;
/// EKS updates at most so many nodes at a time.
const MOST_AT_ONCE: i64 = 100;

fn names(world: &World) -> Vec<String> {
    world.groups.iter().filter(|it| it.1.managed).map(|it| it.0.clone()).collect()
}

fn worthwhile(world: &World) -> Option<Request> {
    (!names(world).is_empty()).then(|| Request { each: true, ..Request::default() })
}

fn run(world: &mut World, request: &Request) -> Result<Vec<Drill>, Refusal> {
    let known = names(world);
    for name in &request.targets {
        if !known.contains(name) {
            return Err(Refusal::unknown("managed node group with nodes", name, known));
        }
    }
    if request.targets.is_empty() && !request.each {
        return Err(Refusal::Usage { message: "which node group?".to_owned(), help: format!("name one of {}, or say --each", known.join(", ")) });
    }
    let wanted = if request.targets.is_empty() { known } else { request.targets.clone() };
    if wanted.is_empty() {
        return Err(Refusal::missing("no node names a managed node group", "nodes of one carry the label eks.amazonaws.com/nodegroup"));
    }
    Ok(wanted.iter().map(|it| one(world, request, it)).collect())
}

fn one(world: &mut World, request: &Request, name: &str) -> Drill {
    let group = world.groups.get(name).cloned().unwrap_or_default();
    let nodes: Vec<NodeId> = group.nodes.iter().copied().filter(|it| !world.dead.contains(it)).collect();
    let mut zones: Vec<&str> = nodes.iter().map(|it| world.zone(*it)).collect();
    zones.sort_unstable();
    zones.dedup();
    let count = nodes.len() as i64;
    let wanted = request.max_unavailable.clone().or(group.max_unavailable).unwrap_or(IntOrString::Int(1));
    let at_once = wanted.scaled(count, false).unwrap_or(1).clamp(1, MOST_AT_ONCE);
    let surge = (2 * zones.len() as i64).max(at_once);
    let trial = Trial {
        card: &CARD,
        target: name.to_owned(),
        title: format!(
            "Node group {name} ({count} nodes) is updated, {at_once} at a time after {surge} new ones{}",
            if request.force { ", forced" } else { "" }
        ),
        touched: owners(world, &world.pods_of(&nodes)),
        rule: Rule { evictions: true, placement: true },
        act: &|stage: &mut Stage<'_>| act(stage, &nodes, at_once, surge, request.force),
        say: &|stage, outcome| sentence(stage, outcome, name, nodes.len()),
    };
    trial.run(world, request)
}

fn act(stage: &mut Stage<'_>, nodes: &[NodeId], at_once: i64, surge: i64, force: bool) {
    let start = stage.latencies.of_controllers().of(&NODE_PROVISION);
    stage.wait(start);
    for at in 0..surge {
        let model = nodes[usize::try_from(at).unwrap_or(0) % nodes.len().max(1)];
        stage.add_like(model, &format!("new-{}", at + 1));
    }
    stage.watch.mark(stage.now(), &format!("{surge} new nodes are Ready"), "", "EKS grows the group before it takes anything away");
    let mut queue = nodes.to_vec();
    let mut draws = Draws::new(stage.seed, 0x7570_6772);
    for at in (1..queue.len()).rev() {
        queue.swap(at, draws.below(at as u64 + 1) as usize);
    }
    queue.iter().for_each(|it| stage.rehearsal.cordon(*it, true));
    let mut active: Vec<(NodeId, usize, i64)> = Vec::new();
    let mut coming: Vec<(i64, NodeId)> = Vec::new();
    let mut made = surge;
    while !queue.is_empty() || !active.is_empty() {
        while active.len() < usize::try_from(at_once).unwrap_or(1)
            && let Some(node) = queue.pop()
        {
            let drain = stage.drain(node);
            active.push((node, drain, stage.now()));
        }
        let deadline = active.iter().map(|it| it.2 + DRAIN_MS).min().unwrap_or(HORIZON_MS);
        let limit = coming.iter().map(|it| it.0).min().unwrap_or(deadline).min(deadline);
        let drains: Vec<usize> = active.iter().map(|it| it.1).collect();
        stage.run(limit, &|it| drains.iter().any(|drain| it.exit(*drain).is_some()));
        let now = stage.now();
        for (_, model) in coming.extract_if(.., |it| it.0 <= now).collect::<Vec<_>>() {
            made += 1;
            stage.add_like(model, &format!("new-{made}"));
        }
        let ended: Vec<(NodeId, usize, i64)> = active.extract_if(.., |it| stage.rehearsal.exit(it.1) == Some(0)).collect();
        for (node, drain, _) in &ended {
            stage.drained_after.push((*drain, now));
            stage.wait(SETTLE_MS);
            let name = stage.rehearsal.state.node_name(*node).to_string();
            stage.remove(*node);
            coming.push((stage.now() + start, *node));
            stage.watch.mark(stage.now(), "drained and taken away", &format!("Node {name}"), "the group launches a new one in its place");
        }
        if ended.is_empty() && (now >= deadline || stage.is_quiet() || active.iter().any(|it| stage.rehearsal.exit(it.1).is_some())) {
            if !force {
                fail(stage, &active, now.max(deadline));
                return;
            }
            stage.wait((deadline - now).max(0));
            force_out(stage, &mut active);
        }
    }
    stage.settle();
}

fn fail(stage: &mut Stage<'_>, active: &[(NodeId, usize, i64)], at: i64) {
    let names: Vec<String> = active.iter().map(|it| stage.rehearsal.state.node_name(it.0).to_string()).collect();
    stage.watch.mark(at, "PodEvictionFailure, the update ends", &format!("Node {}", names.join(", ")), "it could not be drained within 15 minutes");
    if let Some((_, drain, _)) = active.first() {
        stage.drain_ended(*drain);
    }
    stage.settle();
}

/// `--force`: what could not be evicted is deleted.
fn force_out(stage: &mut Stage<'_>, active: &mut Vec<(NodeId, usize, i64)>) {
    let stop = stage.latencies.millis("pod-stop");
    for (node, drain, _) in std::mem::take(active) {
        for pod in stage.rehearsal.waits_for(drain).to_vec() {
            stage.rehearsal.delete(pod);
        }
        stage.look();
        stage.wait(stop + 1000);
        let name = stage.rehearsal.state.node_name(node).to_string();
        stage.remove(node);
        stage.forget_drain(drain);
        stage.watch.mark(stage.now(), "taken away by force", &format!("Node {name}"), "its pods were deleted against their budgets");
    }
}

fn sentence(stage: &Stage<'_>, outcome: &Outcome, name: &str, count: usize) -> String {
    let down: Vec<&str> = outcome.workloads.iter().filter(|it| it.verdict == Verdict::Down).map(|it| it.object.as_str()).collect();
    let tail = if down.is_empty() {
        String::new()
    } else {
        format!("; {} {} nobody for a while", say::names(&down), if down.len() == 1 { "serves" } else { "serve" })
    };
    match stage.stuck.first() {
        Some(why) => format!("Update of node group {name} fails with PodEvictionFailure after {} of {count} nodes: {why}{tail}", stage.watch.removed.len()),
        None => {
            let pending = if outcome.pods.pending > 0 { format!("; {} pods find no place", outcome.pods.pending) } else { String::new() };
            format!("Node group {name} is updated in about {}{pending}{tail}", duration(stage.now()))
        }
    }
}
