//! The minute in which most CronJobs start together.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_report::drill::Drill;
use seatrial_sim::controllers::rehearsal::PodSetController;

use crate::card::Card;
use crate::cron::{Cron, busiest};
use crate::judge::{Outcome, Rule};
use crate::refusal::Refusal;
use crate::request::Request;
use crate::stage::Stage;
use crate::trial::Trial;
use crate::world::World;

pub static CARD: Card = Card {
    id: "cron",
    title: "Is there room for the jobs that start in the same minute?",
    usage: "cron",
    row: Row::PatternCron,
    why: "Schedules are written one by one, and most of them say midnight. Jobs that find no place in time are skipped by their starting deadline, or push others out.",
    assumptions: &[
        "every CronJob of the busiest minute of the year to come starts, and none of its pods has ended yet; schedules with a time zone are taken as UTC, and `@every` for one that may meet any other",
        "nodes are added by an autoscaler that the inputs show; without one, or beyond its limits, those that would be needed are named",
    ],
    not_modelled: &["how long jobs run, and jobs that were started before", "jobs that fail and are tried again"],
    run,
    worthwhile,
};

fn worthwhile(world: &World) -> Option<Request> {
    (world.crons.len() > 1).then(Request::default)
}

fn run(world: &mut World, request: &Request) -> Result<Vec<Drill>, Refusal> {
    if world.crons.is_empty() {
        return Err(Refusal::missing("no CronJob that is not suspended is among the inputs", "add them: kubectl get cronjobs -A -o json"));
    }
    let Some((minute, starting)) = busiest(&world.crons, world.today) else {
        let odd: Vec<String> = world.crons.iter().map(|it| format!("{}/{} ({})", it.namespace, it.name, it.schedule)).collect();
        return Err(Refusal::missing("no schedule could be understood", format!("correct {}", odd.join(", "))));
    };
    let crons: Vec<Cron> = starting.iter().map(|it| world.crons[*it].clone()).collect();
    let pods: i64 = crons.iter().map(|it| it.parallelism).sum();
    let trial = Trial {
        card: &CARD,
        target: String::new(),
        title: format!("{} CronJobs start {pods} pods at {minute}", crons.len()),
        touched: crons.iter().map(|it| it.unit).collect::<BTreeSet<usize>>(),
        rule: Rule { placement: true, ..Rule::default() },
        act: &|stage: &mut Stage<'_>| act(stage, &crons),
        say: &|stage, outcome| sentence(stage, outcome, &minute, crons.len(), pods),
    };
    Ok(vec![trial.run(world, request)])
}

fn act(stage: &mut Stage<'_>, crons: &[Cron]) {
    stage.autoscale(true, "");
    let mut made = Vec::new();
    for it in crons {
        let set = PodSetController {
            namespace: it.namespace.clone(),
            name: format!("{}-run", it.name).into(),
            kind: "ReplicaSet".into(),
            desired: it.parallelism,
            labels: it.labels.clone(),
            spec: it.spec.clone(),
        };
        made.push(stage.add_work(it.unit, set));
    }
    stage.settle();
    let state = &stage.rehearsal.state;
    let open =
        stage.rehearsal.lives.iter().filter(|it| !it.1.gone && it.1.set.is_some_and(|set| made.contains(&set)) && state.node_of(*it.0).is_none()).count();
    let wanted: i64 = crons.iter().map(|it| it.parallelism).sum();
    let there = stage.rehearsal.lives.values().filter(|it| !it.gone && it.set.is_some_and(|set| made.contains(&set))).count();
    let refused = usize::try_from(wanted).unwrap_or(0).saturating_sub(there);
    if open + refused > 0 {
        stage.stuck.push(format!("{open} of their pods find no place, and {refused} are refused by a quota"));
    }
}

fn sentence(stage: &Stage<'_>, outcome: &Outcome, minute: &str, crons: usize, pods: i64) -> String {
    let head = format!("{crons} CronJobs start {pods} {} together ({minute})", if pods == 1 { "pod" } else { "pods" });
    match stage.stuck.first() {
        Some(why) => format!("{head}: {why}"),
        None if outcome.workloads.is_empty() => format!("{head}: all find a place, and nobody has to make room"),
        None => format!("{head}: all find a place, and {} workloads make room", outcome.workloads.len()),
    }
}
