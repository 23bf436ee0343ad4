//! A rolling update to a new revision: does it fit, how long does it take, where does it hang?

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_report::drill::{Drill, Verdict};
use seatrial_sim::controllers::rehearsal::Rehearsal;

use crate::card::Card;
use crate::judge::{Outcome, Rule, duration};
use crate::refusal::Refusal;
use crate::request::Request;
use crate::stage::{HORIZON_MS, NEXT_IMAGE, Stage};
use crate::trial::Trial;
use crate::world::{Kind, World};

pub static CARD: Card = Card {
    id: "rollout",
    title: "Does a new revision roll out, and how long does it take?",
    usage: "rollout NAMESPACE/NAME | rollout --all",
    row: Row::PatternStateless,
    why: "maxUnavailable 0 needs a free place for one more pod before an old one goes. With as many nodes as replicas and one pod for each node there is none, and the rollout hangs without an error.",
    assumptions: &["the new revision asks for what the old one asks for, starts as fast, and is healthy"],
    not_modelled: &[
        "images that do not come, and revisions that fail",
        "pull times that differ from those of the running pods",
        "canary and blue-green steps of Argo Rollouts",
    ],
    run,
    worthwhile,
};

fn candidates(world: &World) -> Vec<usize> {
    let can = |at: &usize| match world.units[*at].kind {
        Kind::Deployment => world.rollings.iter().any(|it| it.unit == *at && it.rollout.replicas > 0),
        Kind::StatefulSet => !world.units[*at].sets.is_empty(),
        _ => false,
    };
    (0..world.units.len()).filter(can).collect()
}

fn worthwhile(world: &World) -> Option<Request> {
    (!candidates(world).is_empty()).then(|| Request { each: true, ..Request::default() })
}

fn run(world: &mut World, request: &Request) -> Result<Vec<Drill>, Refusal> {
    let all = candidates(world);
    let mut units = Vec::new();
    for name in &request.targets {
        let found = world.find_unit(name, &[Kind::Deployment, Kind::StatefulSet]).filter(|it| all.contains(it));
        units.push(found.ok_or_else(|| {
            Refusal::unknown(
                "Deployment or StatefulSet with pods",
                name,
                all.iter().map(|it| format!("{}/{}", world.units[*it].namespace, world.units[*it].name)),
            )
        })?);
    }
    if units.is_empty() && !request.each {
        return Err(Refusal::Usage { message: "which workload?".to_owned(), help: "name one as namespace/name, or say --all".to_owned() });
    }
    if units.is_empty() {
        units = all;
    }
    Ok(world.each(&units, |world, it| one(world, request, *it)))
}

fn one(world: &mut World, request: &Request, unit: usize) -> Drill {
    let it = world.units[unit].clone();
    let trial = Trial {
        card: &CARD,
        target: format!("{}/{}", it.namespace, it.name),
        title: format!("{} rolls out a new revision", it.object),
        touched: BTreeSet::from([unit]),
        rule: Rule { placement: true, ..Rule::default() },
        act: &|stage: &mut Stage<'_>| act(stage, unit),
        say: &|stage, outcome| sentence(stage, outcome, &it.object),
    };
    trial.run(world, request)
}

fn act(stage: &mut Stage<'_>, unit: usize) {
    stage.autoscale(true, "");
    stage.watch.causes.insert(unit, "replaced by the rolling update".to_owned());
    if stage.world.units[unit].kind == Kind::StatefulSet {
        for set in stage.world.units[unit].sets.iter().filter_map(|it| stage.local(*it)).collect::<Vec<_>>() {
            let mut spec = (*stage.rehearsal.sets[set].spec).clone();
            spec.containers.iter_mut().for_each(|it| it.image = NEXT_IMAGE.into());
            stage.rehearsal.sets[set].spec = std::sync::Arc::new(spec);
        }
        stage.rehearsal.touch();
    } else if let Some(rolling) = stage.add_revision(unit) {
        if stage.scaler_of(unit).is_some() {
            await_end(stage, rolling);
        }
    } else {
        stage.stuck.push("its ReplicaSet was not read".to_owned());
        return;
    }
    stage.settle();
    if let Some(why) = unfinished(stage, unit) {
        stage.stuck.push(why);
    }
}

/// Notes when the rollout is over, which an autoscaler does not wait for.
fn await_end(stage: &mut Stage<'_>, rolling: usize) {
    let is_over = |it: &Rehearsal| {
        let rollout = &it.rollouts[rolling];
        let old = rollout.sets.iter().filter(|set| **set != rollout.current);
        old.into_iter().all(|set| it.sets[*set].desired == 0) && it.available(rollout.current) >= rollout.replicas
    };
    stage.run(HORIZON_MS, &is_over);
    stage.ended_at = is_over(&stage.rehearsal).then(|| stage.now());
}

/// Why the update has not come to its end.
fn unfinished(stage: &Stage<'_>, unit: usize) -> Option<String> {
    let new = |set: usize| {
        let mine = stage.rehearsal.lives.iter().filter(|it| it.1.set == Some(set) && !it.1.gone && it.1.ready && !stage.rehearsal.state.is_terminating(*it.0));
        mine.filter(|it| !stage.world.lives.contains_key(it.0)).count() as i64
    };
    let (done, wanted) = match stage.world.units[unit].kind {
        Kind::StatefulSet => {
            let sets: Vec<usize> = stage.world.units[unit].sets.iter().filter_map(|it| stage.local(*it)).collect();
            (sets.iter().map(|it| new(*it)).sum::<i64>(), sets.iter().map(|it| stage.rehearsal.sets[*it].desired).sum())
        }
        _ => {
            let wanted = stage.wanted_by_scaler(unit).map(|it| it as i64);
            let wanted = wanted.unwrap_or_else(|| stage.world.rollings.iter().find(|it| it.unit == unit).map_or(0, |it| it.rollout.replicas));
            (stage.added_sets(unit).iter().map(|it| new(*it)).sum(), wanted)
        }
    };
    (done < wanted).then(|| format!("{done} of {wanted} pods are of the new revision, and nothing moves any more"))
}

fn sentence(stage: &Stage<'_>, outcome: &Outcome, object: &str) -> String {
    if let Some(why) = stage.stuck.first() {
        let rest = if outcome.pods.pending > 0 { ": the new pod finds no place" } else { "" };
        return format!("{object} cannot roll out: {why}{rest}");
    }
    let took = stage.ended_at.unwrap_or_else(|| outcome.whole_after.map_or(stage.watch.changed_at, |it| (it * 1000.0) as i64));
    let worst = outcome.workloads.iter().find(|it| it.object == object);
    let meanwhile = match worst {
        Some(it) if it.verdict == Verdict::Down => format!("; nobody serves for {}", duration((it.down_seconds * 1000.0) as i64)),
        Some(it) => format!("; {} of {} serve at the worst", it.min_ready, it.before),
        None => String::new(),
    };
    format!("{object} rolls out in {}{meanwhile}", duration(took))
}
