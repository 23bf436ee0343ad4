//! A workload grows: to its autoscaler's maximum, or so many times.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_report::drill::Drill;

use crate::card::Card;
use crate::judge::{Outcome, Rule, duration};
use crate::refusal::Refusal;
use crate::request::Request;
use crate::stage::Stage;
use crate::trial::Trial;
use crate::world::{Kind, World};

pub static CARD: Card = Card {
    id: "scale",
    title: "Is there room for the load that is planned for?",
    usage: "scale NAMESPACE/NAME xN | scale --each (every autoscaler to its maximum)",
    row: Row::NodeAutoscaling,
    why: "An autoscaler's maximum is a promise that only nodes, quotas and node groups' maxima can keep.",
    assumptions: &[
        "the pods are asked for at once; nodes are added by an autoscaler that the inputs show; without one, or beyond its limits, those that would be needed are named",
    ],
    not_modelled: &["the steps in which an autoscaler grows", "addresses of subnets", "limits of the account", "what the load does to databases"],
    run,
    worthwhile,
};

/// More pods than this are a slip of the finger.
const MOST: i64 = 10_000;

fn scalable(world: &World) -> Vec<usize> {
    let can = |at: &usize| matches!(world.units[*at].kind, Kind::Deployment | Kind::StatefulSet) && !world.units[*at].sets.is_empty();
    (0..world.units.len()).filter(can).collect()
}

fn worthwhile(world: &World) -> Option<Request> {
    let any = scalable(world).iter().any(|it| world.units[*it].max.is_some_and(|max| max > world.units[*it].before as i64));
    any.then(|| Request { each: true, ..Request::default() })
}

fn run(world: &mut World, request: &Request) -> Result<Vec<Drill>, Refusal> {
    let all = scalable(world);
    let mut units = Vec::new();
    for name in &request.targets {
        let found = world.find_unit(name, &[Kind::Deployment, Kind::StatefulSet]).filter(|it| all.contains(it));
        let known = all.iter().map(|it| format!("{}/{}", world.units[*it].namespace, world.units[*it].name));
        units.push(found.ok_or_else(|| Refusal::unknown("Deployment or StatefulSet with pods", name, known))?);
    }
    if units.is_empty() && !request.each {
        return Err(Refusal::Usage {
            message: "which workload?".to_owned(),
            help: "name one as namespace/name with a factor such as x3, or say --each for every autoscaler".to_owned(),
        });
    }
    if request.times == Some(0) {
        return Err(Refusal::Usage { message: "x0 is the end of the workload, not its growth".to_owned(), help: "say x2 or more".to_owned() });
    }
    if units.is_empty() {
        if worthwhile(world).is_none() {
            return Err(Refusal::missing(
                "no workload has an autoscaler with room to grow",
                "name a workload and a factor: seatrial drill scale NAMESPACE/NAME x3",
            ));
        }
        units = all.into_iter().filter(|it| world.units[*it].max.is_some_and(|max| max > world.units[*it].before as i64)).collect();
    }
    Ok(world.each(&units, |world, it| one(world, request, *it)))
}

fn one(world: &mut World, request: &Request, unit: usize) -> Drill {
    let it = world.units[unit].clone();
    let before = (it.before as i64).max(1);
    let wanted = match (request.times, it.max) {
        (Some(times), _) => before.saturating_mul(i64::from(times)),
        (None, Some(max)) => max,
        (None, None) => before * 2,
    };
    let wanted = wanted.clamp(0, MOST);
    let trial = Trial {
        card: &CARD,
        target: format!("{}/{}", it.namespace, it.name),
        title: format!(
            "{} grows from {} to {wanted} pods{}",
            it.object,
            it.before,
            if request.times.is_none() && it.max.is_some() { ", its autoscaler's maximum" } else { "" }
        ),
        touched: BTreeSet::from([unit]),
        rule: Rule { placement: true, ..Rule::default() },
        act: &|stage: &mut Stage<'_>| act(stage, unit, wanted),
        say: &|stage, outcome| sentence(stage, outcome, &it.object, it.before, wanted, it.max),
    };
    trial.run(world, request)
}

fn act(stage: &mut Stage<'_>, unit: usize, wanted: i64) {
    stage.autoscale(true, "");
    stage.watch.causes.insert(unit, "its controller was scaled".to_owned());
    let rolling = stage.world.rollings.iter().filter(|it| stage.units.binary_search(&it.unit).is_ok()).position(|it| it.unit == unit);
    match rolling {
        Some(at) => {
            stage.rehearsal.rollouts[at].replicas = wanted;
            let current = stage.rehearsal.rollouts[at].current;
            stage.rehearsal.sets[current].desired = wanted;
        }
        None => {
            for set in stage.world.units[unit].sets.iter().filter_map(|it| stage.local(*it)).collect::<Vec<_>>() {
                stage.rehearsal.sets[set].desired = wanted;
            }
        }
    }
    stage.rehearsal.touch();
    stage.settle();
    let serving = stage.watch.tracks.iter().find(|it| it.unit == unit).map_or(0, |it| it.serving) as i64;
    if serving < wanted {
        stage.stuck.push(format!("{serving} of {wanted} pods get a place"));
    }
}

fn sentence(stage: &Stage<'_>, outcome: &Outcome, object: &str, before: u64, wanted: i64, max: Option<i64>) -> String {
    let bound = max.filter(|it| *it < wanted).map(|it| format!("; its autoscaler stops at {it}")).unwrap_or_default();
    match stage.stuck.first() {
        Some(why) => format!("{object} cannot grow from {before} to {wanted}: {why}{bound}"),
        None => format!(
            "{object} grows from {before} to {wanted} pods in {}{bound}",
            duration(outcome.whole_after.map_or(stage.watch.changed_at, |it| (it * 1000.0) as i64))
        ),
    }
}
