//! The loss of one pod.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_report::drill::Drill;
use seatrial_sim::PodId;

use crate::card::Card;
use crate::judge::Rule;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::say;
use crate::stage::Stage;
use crate::trial::Trial;
use crate::world::{Kind, World};

pub static CARD: Card = Card {
    id: "pod",
    title: "Does a workload keep serving when one of its pods goes?",
    usage: "pod NAMESPACE/NAME | pod --each",
    row: Row::MultipleReplicas,
    why: "The smallest failure there is. What does not survive it survives nothing else.",
    assumptions: &["the pod is deleted; its controller replaces it as soon as it is asked to go"],
    not_modelled: &["restarts of containers within a pod", "what is lost with the pod's memory and emptyDirs"],
    run,
    worthwhile,
};

fn worthwhile(world: &World) -> Option<Request> {
    (!each(world).is_empty()).then(|| Request { each: true, ..Request::default() })
}

/// One serving pod of each workload.
fn each(world: &World) -> Vec<PodId> {
    let judged = world.units.iter().filter(|it| !matches!(it.kind, Kind::Daemon | Kind::Batch) && it.before > 0);
    judged
        .filter_map(|it| it.pods.iter().copied().find(|pod| world.lives.get(pod).is_some_and(|life| life.ready) && world.state.node_of(*pod).is_some()))
        .collect()
}

fn run(world: &mut World, request: &Request) -> Result<Vec<Drill>, Refusal> {
    let mut pods = Vec::new();
    for name in &request.targets {
        let (namespace, pod) = name.split_once('/').unwrap_or(("default", name));
        let found = world.state.find_pod(namespace, pod).filter(|it| world.unit_of_pod.contains_key(it));
        pods.push(found.ok_or_else(|| Refusal::unknown("pod", name, near(world, pod)))?);
    }
    if pods.is_empty() && !request.each {
        return Err(Refusal::Usage { message: "which pod?".to_owned(), help: "name one as namespace/name, or say --each for one of each workload".to_owned() });
    }
    if pods.is_empty() {
        pods = each(world);
    }
    Ok(world.each(&pods, |world, it| one(world, request, *it)))
}

/// Pods whose name begins alike, for a helpful refusal.
fn near(world: &World, name: &str) -> Vec<String> {
    let head: String = name.chars().take(3).collect();
    let names = world.unit_of_pod.keys().map(|it| world.pod_name(*it));
    let (mut alike, rest): (Vec<String>, Vec<String>) = names.partition(|it| it.rsplit('/').next().is_some_and(|it| it.starts_with(&head)));
    if alike.is_empty() {
        alike = rest;
    }
    alike
}

fn one(world: &mut World, request: &Request, pod: PodId) -> Drill {
    let name = world.pod_name(pod);
    let unit = world.unit_of_pod.get(&pod).copied();
    let trial = Trial {
        card: &CARD,
        target: name.clone(),
        title: format!("Pod {name} is deleted"),
        touched: unit.into_iter().collect::<BTreeSet<usize>>(),
        rule: Rule { placement: true, ..Rule::default() },
        act: &|stage: &mut Stage<'_>| {
            if let Some(unit) = unit {
                stage.watch.causes.insert(unit, format!("{name} is deleted"));
            }
            stage.rehearsal.delete(pod);
            stage.look();
            stage.settle();
        },
        say: &|stage, outcome| format!("Pod {name} deleted: {}", say::loss(stage, outcome)),
    };
    trial.run(world, request)
}
