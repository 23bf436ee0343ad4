//! The update of a managed node group: new nodes, then the old ones drained and taken away, a few at a time.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::IntOrString;
use seatrial_report::drill::{Drill, Verdict};
use seatrial_sim::controllers::latencies::NODE_GROUP_DRAIN;
use seatrial_sim::controllers::rehearsal::{NodeGroup, UpdateFlags, UpdateState, pace};
use seatrial_sim::{NodeFacts, NodeId};

use crate::card::Card;
use crate::judge::{Outcome, Rule, duration};
use crate::refusal::Refusal;
use crate::request::Request;
use crate::say;
use crate::stage::{HORIZON_MS, Stage, like, owners};
use crate::trial::Trial;
use crate::world::{World, zone_of};

pub static CARD: Card = Card {
    id: "upgrade-nodegroup",
    title: "Does the update of a node group come to its end, how long does it take, and who is without pods meanwhile?",
    usage: "upgrade-nodegroup NAME | upgrade-nodegroup --each [--force] [--max-unavailable 33%]",
    row: Row::UpgradePlan,
    why: "EKS gives a node 15 minutes to be drained. One budget that allows no disruption ends the whole update with PodEvictionFailure, half of the nodes new and half old.",
    assumptions: &[
        "EKS adds the larger of twice the zones and max-unavailable nodes first, cordons the old ones, drains max-unavailable of them at a time, waits 60 s, and has each replaced; the added nodes go at the end (EKS user guide, managed node updates)",
        "15 minutes for each node to be drained, then PodEvictionFailure unless forced",
        "new nodes are like the old ones and Ready after `node-provision`",
        "an autoscaler that the inputs show goes on adding nodes of other groups and pools; it leaves the group that is updated alone until the update has ended",
    ],
    not_modelled: &[
        "instances that EC2 does not have",
        "launch templates that do not boot",
        "Cluster Autoscaler changing the size of the updated group, upon which EC2 Auto Scaling would end nodes without asking budgets (aws/containers-roadmap#2609)",
        "nodes that Karpenter or Cluster Autoscaler take away meanwhile",
    ],
    run,
    worthwhile,
};

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
    Ok(world.each(&wanted, |world, it| one(world, request, it)))
}

fn one(world: &mut World, request: &Request, name: &str) -> Drill {
    let group = world.groups.get(name).cloned().unwrap_or_default();
    let nodes: Vec<NodeId> = group.nodes.iter().copied().filter(|it| !world.dead.contains(it)).collect();
    let mut zones: Vec<&str> = nodes.iter().map(|it| world.zone(*it)).collect();
    zones.sort_unstable();
    zones.dedup();
    let wanted = request.max_unavailable.clone().or(group.max_unavailable).unwrap_or(IntOrString::Int(1));
    let (at_once, surge) = pace(Some(&wanted), nodes.len(), zones.len());
    let flags = UpdateFlags { max_unavailable: Some(wanted), force: request.force };
    let trial = Trial {
        card: &CARD,
        target: name.to_owned(),
        title: format!(
            "Node group {name} ({} nodes) is updated, {at_once} at a time after {surge} new ones{}",
            nodes.len(),
            if request.force { ", forced" } else { "" }
        ),
        touched: owners(world, &world.pods_of(&nodes)),
        rule: Rule { evictions: true, placement: true },
        act: &|stage: &mut Stage<'_>| act(stage, name, &nodes, &flags),
        say: &|stage, outcome| sentence(stage, outcome, name),
    };
    trial.run(world, request)
}

/// One node of each zone, as a new one would be.
fn templates(stage: &Stage<'_>, nodes: &[NodeId]) -> Vec<NodeFacts> {
    let state = &stage.rehearsal.state;
    let mut zones: BTreeMap<&str, NodeId> = BTreeMap::new();
    for node in nodes {
        zones.entry(zone_of(state.node_labels(*node))).or_insert(*node);
    }
    zones.into_values().map(|it| like(stage.world, state, it, "new")).collect()
}

fn act(stage: &mut Stage<'_>, name: &str, nodes: &[NodeId], flags: &UpdateFlags) {
    stage.autoscale_beside(name, true, "");
    let max = stage.world.autoscaling.groups.iter().find(|it| it.name == name).map_or(0, |it| it.max);
    let group = NodeGroup { name: name.into(), max, templates: templates(stage, nodes), nodes: nodes.iter().copied().collect(), ..NodeGroup::default() };
    let group = stage.rehearsal.add_group(group);
    let update = stage.rehearsal.update_node_group(group, flags);
    let (mut old, mut known) = (nodes.to_vec(), nodes.len());
    nodes.iter().for_each(|it| stage.note_drain(*it));
    loop {
        stage.run(HORIZON_MS, &|it| {
            let is_over = *it.update_state(update) != UpdateState::Running;
            is_over || it.group(group).nodes.len() != known || old.iter().any(|node| !it.state.is_present(*node))
        });
        // The surplus goes at the end, and its pods are evicted like those of the old nodes.
        let new: Vec<NodeId> = stage.rehearsal.group(group).nodes.iter().copied().filter(|it| !nodes.contains(it)).collect();
        if known == nodes.len() && !new.is_empty() {
            stage.watch.mark(stage.now(), "new nodes are Ready", "", "EKS grows the group before it takes anything away");
        }
        new.iter().for_each(|it| stage.note_drain(*it));
        let gone: Vec<NodeId> = old.extract_if(.., |it| !stage.rehearsal.state.is_present(*it)).collect();
        for node in &gone {
            let name = format!("Node {}", stage.rehearsal.state.node_name(*node));
            stage.watch.mark(stage.now(), "drained and taken away", &name, "the group launches a new one in its place");
        }
        stage.watch.removed.extend(&gone);
        let quiet = gone.is_empty() && known == nodes.len() + new.len();
        known = nodes.len() + new.len();
        match stage.rehearsal.update_state(update).clone() {
            UpdateState::Running if quiet => {
                let done = nodes.len() - old.len();
                stage.stuck.push(format!("is not finished after {}, with {done} of {} nodes done", duration(stage.now()), nodes.len()));
                break;
            }
            UpdateState::Running => {}
            UpdateState::Done { at } => {
                stage.ended_at = Some(at);
                break;
            }
            UpdateState::Failed { at, node, pods } => {
                let name = format!("Node {}", stage.rehearsal.state.node_name(node));
                let limit = duration(stage.latencies.of(&NODE_GROUP_DRAIN));
                stage.watch.mark(at, "PodEvictionFailure, the update ends", &name, &format!("it could not be drained within {limit}"));
                stage.hold_up(&pods);
                let done = stage.watch.removed.len();
                if let Some(why) = stage.stuck.last_mut() {
                    *why = format!("fails with PodEvictionFailure after {done} of {} nodes: {why}", nodes.len());
                }
                break;
            }
        }
    }
    stage.settle();
}

fn sentence(stage: &Stage<'_>, outcome: &Outcome, name: &str) -> String {
    let down: Vec<&str> = outcome.workloads.iter().filter(|it| it.verdict == Verdict::Down).map(|it| it.object.as_str()).collect();
    let tail = if down.is_empty() {
        String::new()
    } else {
        format!("; {} {} nobody for a while", say::names(&down), if down.len() == 1 { "serves" } else { "serve" })
    };
    match stage.stuck.first() {
        Some(why) => format!("Update of node group {name} {why}{tail}"),
        None => {
            let pending = match outcome.pods.pending {
                0 => String::new(),
                1 => "; 1 pod finds no place".to_owned(),
                more => format!("; {more} pods find no place"),
            };
            format!("Node group {name} is updated in about {}{pending}{tail}", duration(stage.ended_at.unwrap_or_else(|| stage.now())))
        }
    }
}
