//! The loss of a node, and of the two whose loss hurts most.

use seatrial_facts::guide::Row;
use seatrial_report::drill::Drill;
use seatrial_sim::NodeId;

use crate::card::Card;
use crate::judge::Rule;
use crate::refusal::Refusal;
use crate::request::{Loss, Request};
use crate::say;
use crate::stage::{Stage, owners};
use crate::trial::Trial;
use crate::world::World;

pub static CARD: Card = Card {
    id: "node",
    title: "Does everything keep serving when a node is lost (N+1)?",
    usage: "node NAME | node --each | node --worst-pair [--as partition|terminated]",
    row: Row::RecoveryFailure,
    why: "Nodes go every day: hardware, Spot, upgrades. What runs once is away until it is replaced; what runs three times on one node is, too.",
    assumptions: &["the node goes without a word; nodes are added only by an autoscaler that the inputs show"],
    not_modelled: &["failover inside applications", "connections that break with the pods they lead to", "the instance that the group launches instead"],
    run,
    worthwhile,
};

/// Pairs of this many of the worst nodes are tried.
const PAIRED: usize = 12;

fn worthwhile(world: &World) -> Option<Request> {
    (world.state.node_count() > 0).then(|| Request { each: true, ..Request::default() })
}

fn run(world: &mut World, request: &Request) -> Result<Vec<Drill>, Refusal> {
    let mut nodes = Vec::new();
    for name in &request.targets {
        let found = world.state.find_node(name);
        nodes.push(found.ok_or_else(|| Refusal::unknown("node", name, world.state.node_ids().map(|it| world.state.node_name(it).to_string())))?);
    }
    if request.worst_pair {
        return Ok(worst_pair(world, request).into_iter().collect());
    }
    if nodes.is_empty() && !request.each {
        return Err(Refusal::Usage { message: "which node?".to_owned(), help: "name one (`kubectl get nodes`), or say --each or --worst-pair".to_owned() });
    }
    if nodes.is_empty() {
        nodes = world.state.node_ids().filter(|it| !world.dead.contains(it)).collect();
    }
    Ok(world.each(&nodes, |world, it| one(world, request, &[*it])))
}

fn one(world: &mut World, request: &Request, nodes: &[NodeId]) -> Drill {
    let names: Vec<String> = nodes.iter().map(|it| world.state.node_name(*it).to_string()).collect();
    let target = names.join("+");
    let what = if nodes.len() == 1 { format!("Node {target}") } else { format!("Nodes {}", names.join(" and ")) };
    let trial = Trial {
        card: &CARD,
        target,
        title: format!("{what} lost, {}", if request.loss == Loss::Terminated { "terminated" } else { "out of reach" }),
        touched: owners(world, &world.pods_of(nodes)),
        rule: Rule { placement: true, ..Rule::default() },
        act: &|stage: &mut Stage<'_>| {
            stage.autoscale(true, "");
            stage.lose(nodes, request.loss);
            stage.settle();
        },
        say: &|stage, outcome| format!("{what} lost: {}", say::loss(stage, outcome)),
    };
    trial.run(world, request)
}

/// The worst pair among the nodes that are worst alone: all of them where there are few.
fn worst_pair(world: &mut World, request: &Request) -> Option<Drill> {
    let once = Request { seeds: 1, ..request.clone() };
    let all: Vec<NodeId> = world.state.node_ids().filter(|it| !world.dead.contains(it)).collect();
    let mut alone: Vec<(Badness, NodeId)> = world.each(&all, |world, it| (badness(&one(world, &once, &[*it])), *it));
    alone.sort();
    let worst: Vec<NodeId> = alone.into_iter().take(PAIRED).map(|it| it.1).collect();
    let pairs: Vec<[NodeId; 2]> = worst.iter().enumerate().flat_map(|(at, a)| worst[at + 1..].iter().map(|b| [*a, *b])).collect();
    let best = world.each(&pairs, |world, pair| (badness(&one(world, &once, pair)), *pair)).into_iter().min_by(|a, b| a.0.cmp(&b.0));
    best.map(|it| one(world, request, &it.1))
}

/// Smaller is worse: the verdict, workloads down, pods without a place.
type Badness = (seatrial_report::drill::Verdict, std::cmp::Reverse<usize>, std::cmp::Reverse<u64>);

fn badness(drill: &Drill) -> Badness {
    let down = drill.workloads.iter().filter(|it| it.verdict == seatrial_report::drill::Verdict::Down).count();
    (drill.verdict, std::cmp::Reverse(down), std::cmp::Reverse(drill.pods.pending + drill.pods.lost))
}
