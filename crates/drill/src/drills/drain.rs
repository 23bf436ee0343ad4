//! `kubectl drain`: do the budgets let every pod go, and does every pod find another place?

use seatrial_facts::guide::Row;
use seatrial_report::drill::{Drill, Verdict};
use seatrial_sim::NodeId;

use crate::card::Card;
use crate::judge::{Outcome, Rule, duration};
use crate::refusal::Refusal;
use crate::request::Request;
use crate::say;
use crate::stage::{Stage, owners};
use crate::trial::Trial;
use crate::world::{Kind, World};

pub static CARD: Card = Card {
    id: "drain",
    title: "Can every node be drained, and who is without pods meanwhile?",
    usage: "drain NODE | drain --all [--force]",
    row: Row::PodDisruptionBudgets,
    why: "Every upgrade, every repair and every consolidation drains nodes. A budget that allows no disruption holds them up for ever; no budget lets all replicas of a node go at once.",
    assumptions: &[
        "kubectl drain --ignore-daemonsets --delete-emptydir-data, without a time-out; evictions that are refused are tried again every 5 s",
        "a drain that made no progress for 15 minutes makes none any more",
    ],
    not_modelled: &["what applications do when they are stopped", "people who delete the pods that hold the drain up"],
    run,
    worthwhile,
};

fn worthwhile(world: &World) -> Option<Request> {
    (world.state.node_count() > 0).then(|| Request { each: true, ..Request::default() })
}

fn run(world: &mut World, request: &Request) -> Result<Vec<Drill>, Refusal> {
    let mut nodes = Vec::new();
    for name in &request.targets {
        let found = world.state.find_node(name);
        nodes.push(found.ok_or_else(|| Refusal::unknown("node", name, world.state.node_ids().map(|it| world.state.node_name(it).to_string())))?);
    }
    if nodes.is_empty() && !request.each {
        return Err(Refusal::Usage { message: "which node?".to_owned(), help: "name one (`kubectl get nodes`), or say --all".to_owned() });
    }
    if nodes.is_empty() {
        nodes = world.state.node_ids().filter(|it| !world.dead.contains(it)).collect();
    }
    Ok(world.each(&nodes, |world, it| one(world, request, *it)))
}

fn one(world: &mut World, request: &Request, node: NodeId) -> Drill {
    let name = world.state.node_name(node).to_string();
    let pods = world.pods_of(&[node]);
    let bare: Vec<String> =
        pods.iter().filter(|it| world.unit_of_pod.get(it).is_some_and(|it| world.units[*it].kind == Kind::Bare)).map(|it| world.pod_name(*it)).collect();
    let refused = !bare.is_empty() && !request.force;
    let trial = Trial {
        card: &CARD,
        target: name.clone(),
        title: format!("Node {name} is drained"),
        touched: owners(world, &pods),
        rule: Rule { evictions: true, placement: true },
        act: &|stage: &mut Stage<'_>| {
            if refused {
                stage.refuse_drain(node, &bare);
                return;
            }
            stage.autoscale(true, "");
            let drain = stage.drain(node);
            stage.run(crate::stage::HORIZON_MS, &|it| it.exit(drain).is_some());
            stage.drain_ended(drain);
            stage.settle();
        },
        say: &|stage, outcome| sentence(stage, outcome, &name),
    };
    trial.run(world, request)
}

fn sentence(stage: &Stage<'_>, outcome: &Outcome, name: &str) -> String {
    let down: Vec<&str> = outcome.workloads.iter().filter(|it| it.verdict == Verdict::Down).map(|it| it.object.as_str()).collect();
    let tail =
        if down.is_empty() { String::new() } else { format!("; {} {} nobody meanwhile", say::names(&down), if down.len() == 1 { "serves" } else { "serve" }) };
    match stage.stuck.first() {
        Some(why) => format!("Node {name} cannot be drained: {why}{tail}"),
        None => {
            let took = stage.ended_at.unwrap_or_default();
            let pending = if outcome.pods.pending > 0 { format!("; {} of its pods find no place", outcome.pods.pending) } else { String::new() };
            format!("Node {name} is drained after {}{pending}{tail}", duration(took))
        }
    }
}
