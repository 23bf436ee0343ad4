//! The loss of the region: what could be brought back in another one.

use seatrial_facts::guide::Row;
use seatrial_report::drill::Drill;

use super::cluster::judge;
use crate::card::Card;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::world::World;

pub static CARD: Card = Card {
    id: "region",
    title: "What could be brought back in another region?",
    usage: "region",
    row: Row::RecoveryReplication,
    why: "Snapshots, images and secrets live in a region. What no plan copies elsewhere is out of reach for as long as the region is.",
    assumptions: &["only volumes whose backup plan copies to another region have data there; their copies are as old as the newest one here"],
    not_modelled: &["replication of images, secrets and managed databases", "DNS failover", "quotas and capacity in the other region"],
    run,
    worthwhile,
};

fn worthwhile(_: &World) -> Option<Request> {
    Some(Request::default())
}

fn run(world: &mut World, _: &Request) -> Result<Vec<Drill>, Refusal> {
    let recovery = world.recovery.clone();
    let copied = |it: &crate::recovery::Copy| it.other_region.as_ref().and(it.age);
    Ok(vec![judge(world, &recovery, &CARD, "The region is gone", "Region lost", copied)])
}
