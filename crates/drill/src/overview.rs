//! From a request to an answer: one drill, or all that are worth running here.

use seatrial_report::drill::{Answer, Drill, SCHEMA};

use crate::card::Card;
use crate::drills;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::world::World;

/// Nodes in the pictures of an overview: some megabytes of JSON.
const MOST_NODES_DRAWN: usize = 2_000;

/// Rehearses one drill; its results come worst first.
///
/// # Errors
/// The request names something that is not there, or the inputs do not tell enough.
pub fn rehearse(world: &mut World, card: &Card, request: &Request) -> Result<Answer, Refusal> {
    let drills = (card.run)(world, request)?;
    Ok(answer(world, request, &[card], drills))
}

/// Rehearses all drills that are worth running here. A drill that cannot be rehearsed is left out, and the assumptions say why.
pub fn overview(world: &mut World, request: &Request) -> Answer {
    let (mut all, mut cards, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for card in drills::all() {
        let Some(mine) = (card.worthwhile)(world) else { continue };
        let mine = Request { seeds: request.seeds, latencies: request.latencies.clone(), loss: request.loss, force: request.force, ..mine };
        match (card.run)(world, &mine) {
            Ok(drills) => {
                all.extend(drills);
                cards.push(card);
            }
            Err(refusal) => left_out.push(format!("drill {} left out: {}", card.id, refusal.message())),
        }
    }
    let mut answer = answer(world, request, &cards, all);
    answer.assumptions.extend(left_out);
    draw_the_worst(&mut answer);
    answer
}

/// Takes the pictures of all but the worst away: with the nodes grow both the drills and what each of them draws.
fn draw_the_worst(answer: &mut Answer) {
    let mut drawn = 0;
    let mut left = 0;
    for it in &mut answer.drills {
        let nodes: usize = it.zones.iter().map(|it| it.nodes.len()).sum();
        drawn += nodes;
        if nodes > 0 && drawn > MOST_NODES_DRAWN.max(nodes) {
            it.zones.clear();
            left += 1;
        }
    }
    if left > 0 {
        answer.assumptions.push(format!("{left} less bad drills have no picture of their nodes here: name one of them for it"));
    }
}

fn answer(world: &World, request: &Request, cards: &[&Card], mut drills: Vec<Drill>) -> Answer {
    let hurt = |it: &Drill| std::cmp::Reverse(it.workloads.iter().filter(|it| it.verdict == seatrial_report::drill::Verdict::Down).count());
    drills.sort_by(|a, b| (a.verdict, hurt(a)).cmp(&(b.verdict, hurt(b))).then_with(|| (&a.drill, &a.target).cmp(&(&b.drill, &b.target))));
    let mut assumptions = world.assumptions.clone();
    for it in &world.blinds {
        assumptions.push(format!("{}; {}", it.reason, it.remedy));
    }
    for card in cards {
        assumptions.extend(card.assumptions.iter().map(|it| format!("{}: {it}", card.id)));
    }
    let said = crate::latency::overridden(&request.latencies);
    if !said.is_empty() {
        assumptions.push(format!("as said: {}", said.join(", ")));
    }
    let order = "nodes in order of their creation, then by name (the scheduler's own order cannot be read); ties and the order of evictions by seed";
    assumptions.push(order.to_owned());
    Answer { schema: SCHEMA.to_owned(), assumptions, drills, compared: None }
}
