//! The loss of an availability zone.

use std::collections::BTreeMap;

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
    id: "az",
    title: "Does everything keep serving when an availability zone is lost?",
    usage: "az NAME | az --each [--as partition|terminated]",
    row: Row::RecoveryFailure,
    why: "A zone is what fails as a whole, and what volumes cannot leave. Losing one is slow by design: its nodes are evicted one every ten seconds, and where the machines may still run, a StatefulSet's pods are not replaced at all.",
    assumptions: &[
        "every node of the zone goes at the same moment; no node is added there, and elsewhere only by an autoscaler that the inputs show",
        "terminated: AWS reports the instances gone, so their Node objects are deleted; partition: nobody can tell, and the Node objects stay",
    ],
    not_modelled: &[
        "failover inside applications (leader election, replication)",
        "the network between zones, load balancers, and DNS",
        "shortage of instances in the zones that are left",
        "the control plane, which EKS spreads over zones itself",
    ],
    run,
    worthwhile,
};

fn worthwhile(world: &World) -> Option<Request> {
    (world.zones().keys().filter(|it| !it.is_empty()).count() > 0).then(|| Request { each: true, ..Request::default() })
}

fn run(world: &mut World, request: &Request) -> Result<Vec<Drill>, Refusal> {
    let zones: BTreeMap<String, Vec<NodeId>> = world.zones().into_iter().filter(|it| !it.0.is_empty()).collect();
    if zones.is_empty() {
        return Err(Refusal::missing("no node tells its zone", "nodes need the label topology.kubernetes.io/zone"));
    }
    for name in &request.targets {
        if !zones.contains_key(name) {
            return Err(Refusal::unknown("zone", name, zones.keys().cloned()));
        }
    }
    if request.targets.is_empty() && !request.each {
        return Err(Refusal::Usage {
            message: "which zone?".to_owned(),
            help: format!("name one of {}, or say --each", zones.keys().cloned().collect::<Vec<_>>().join(", ")),
        });
    }
    let wanted: Vec<_> = zones.iter().filter(|it| request.targets.is_empty() || request.targets.contains(it.0)).collect();
    Ok(world.each(&wanted, |world, (zone, nodes)| one(world, request, zone, nodes)))
}

fn one(world: &mut World, request: &Request, zone: &str, nodes: &[NodeId]) -> Drill {
    let how = match request.loss {
        Loss::Terminated => "its instances terminated",
        Loss::Partition => "its kubelets out of reach",
    };
    let many = if nodes.len() == 1 { "1 node".to_owned() } else { format!("{} nodes", nodes.len()) };
    let trial = Trial {
        card: &CARD,
        target: zone.to_owned(),
        title: format!("AZ {zone} is lost with {many}, {how}"),
        touched: owners(world, &world.pods_of(nodes)),
        rule: Rule { placement: true, ..Rule::default() },
        act: &|stage: &mut Stage<'_>| {
            stage.autoscale(true, zone);
            stage.lose(nodes, request.loss);
            stage.settle();
        },
        say: &|stage, outcome| {
            format!("AZ {zone} lost ({}): {}", if request.loss == Loss::Terminated { "terminated" } else { "partition" }, say::loss(stage, outcome))
        },
    };
    trial.run(world, request)
}
