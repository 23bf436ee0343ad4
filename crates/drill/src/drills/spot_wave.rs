//! Every Spot node gets its notice at the same time.

use seatrial_facts::guide::Row;
use seatrial_report::drill::Drill;
use seatrial_sim::NodeId;

use crate::card::Card;
use crate::judge::Rule;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::say;
use crate::stage::{Stage, owners};
use crate::trial::Trial;
use crate::world::{World, is_spot};

pub static CARD: Card = Card {
    id: "spot-wave",
    title: "Does everything keep serving when all Spot nodes are taken back at once?",
    usage: "spot-wave",
    row: Row::CostCompute,
    why: "Spot capacity of one type goes in waves. Two minutes are enough to move pods only where there is room for them and budgets let them go.",
    assumptions: &[
        "managed node groups and Karpenter drain a node when its notice comes; after two minutes the instance is gone, drained or not",
        "no Spot instance comes back meanwhile; others are added only by an autoscaler that the inputs show, and those that would be needed are named",
    ],
    not_modelled: &["rebalance recommendations before the notice", "replacement by other instance types"],
    run,
    worthwhile,
};

fn spot(world: &World) -> Vec<NodeId> {
    world.state.node_ids().filter(|it| is_spot(world.state.node_labels(*it)) && !world.dead.contains(it)).collect()
}

fn worthwhile(world: &World) -> Option<Request> {
    (!spot(world).is_empty()).then(Request::default)
}

fn run(world: &mut World, request: &Request) -> Result<Vec<Drill>, Refusal> {
    let nodes = spot(world);
    if nodes.is_empty() {
        return Err(Refusal::missing(
            "no node says that it is on Spot",
            "nodes of Spot groups carry eks.amazonaws.com/capacityType=SPOT or karpenter.sh/capacity-type=spot",
        ));
    }
    let trial = Trial {
        card: &CARD,
        target: String::new(),
        title: format!("All {} Spot nodes get their notice", nodes.len()),
        touched: owners(world, &world.pods_of(&nodes)),
        rule: Rule { evictions: true, placement: true },
        act: &|stage: &mut Stage<'_>| {
            stage.autoscale(false, "");
            stage.interrupt(&nodes);
            stage.settle();
        },
        say: &|stage, outcome| format!("All {} Spot nodes interrupted: {}", nodes.len(), say::loss(stage, outcome)),
    };
    Ok(vec![trial.run(world, request)])
}
