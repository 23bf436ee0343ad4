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
use crate::world::{Kind, Scaler, Unit, World};

pub static CARD: Card = Card {
    id: "scale",
    title: "Is there room for the load that is planned for?",
    usage: "scale NAMESPACE/NAME xN | scale --each (every autoscaler to its maximum)",
    row: Row::NodeAutoscaling,
    why: "An autoscaler's maximum is a promise that only nodes, quotas and node groups' maxima can keep.",
    assumptions: &[
        "a workload of a HorizontalPodAutoscaler gets so many times its load, and the autoscaler adds pods in its steps; of others, and of KEDA's, all pods are asked for at once",
        "a pod uses as much as its limit lets it, and without one as much as comes",
        "nodes are added by an autoscaler that the inputs show; without one, or beyond its limits, those that would be needed are named",
    ],
    not_modelled: &[
        "queues and other metrics that KEDA or an adapter brings in",
        "addresses of subnets",
        "limits of the account",
        "what the load does to databases",
    ],
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
    let scaler = world.scalers.iter().find(|it| it.unit == unit).cloned();
    let desired = it.sets.iter().map(|set| world.sets[*set].desired).sum();
    let goal = Goal::of(request, &it, desired, scaler.as_ref());
    let title = match (&scaler, request.times) {
        (Some(_), Some(times)) => format!("{} gets {times} times its load, for which its autoscaler wants {} pods", it.object, goal.wanted),
        (_, None) if it.max.is_some() => format!("{} grows from {} to {} pods, its autoscaler's maximum", it.object, it.before, goal.wanted),
        _ => format!("{} grows from {} to {} pods", it.object, it.before, goal.wanted),
    };
    let trial = Trial {
        card: &CARD,
        target: format!("{}/{}", it.namespace, it.name),
        title,
        touched: BTreeSet::from([unit]),
        rule: Rule { placement: true, ..Rule::default() },
        act: &|stage: &mut Stage<'_>| act(stage, unit, &goal),
        say: &|stage, outcome| sentence(stage, outcome, unit, &goal),
    };
    trial.run(world, request)
}

/// How far it is to grow.
struct Goal {
    /// Factor of its load, where that was said.
    times: Option<u32>,
    /// Pods that this asks for.
    wanted: i64,
    /// What all pods are asked for together, where an autoscaler goes by it.
    load: f64,
}

impl Goal {
    fn of(request: &Request, it: &Unit, desired: i64, scaler: Option<&Scaler>) -> Self {
        // Pods that wait for a place are asked for already.
        let before = desired.max(it.before as i64).max(1);
        let times = request.times;
        let (wanted, load) = match (scaler, times) {
            (Some(scaler), Some(times)) => (scaler.wanted(f64::from(times)), scaler.spec.load * f64::from(times)),
            // An autoscaler stops within its tolerance of what the load is worth: to its maximum it goes for more than that.
            (Some(Scaler { spec, .. }), None) => (spec.max, spec.per_pod * spec.max as f64 * (1.0 + spec.tolerance().0) + 1.0),
            (None, Some(times)) => (before.saturating_mul(i64::from(times)), 0.0),
            (None, None) => (it.max.unwrap_or(before * 2), 0.0),
        };
        Self { times: times.filter(|_| scaler.is_some()), wanted: wanted.clamp(0, MOST), load }
    }
}

fn act(stage: &mut Stage<'_>, unit: usize, goal: &Goal) {
    stage.autoscale(true, "");
    stage.grown = Some(unit);
    stage.watch.causes.insert(unit, "its controller was scaled".to_owned());
    let asked = match stage.scaler_of(unit).map(|it| it.0) {
        Some(scaler) => {
            stage.rehearsal.set_load(scaler, goal.load);
            stage.settle();
            stage.wanted_by_scaler(unit).unwrap_or(0) as i64
        }
        None => {
            ask(stage, unit, goal.wanted);
            stage.settle();
            goal.wanted
        }
    };
    let serving = stage.watch.tracks.iter().find(|it| it.unit == unit).map_or(0, |it| it.serving) as i64;
    if serving < asked {
        stage.stuck.push(format!("{serving} of {asked} pods get a place"));
    }
    if let Some((_, it)) = stage.scaler_of(unit)
        && let Some(why) = held_back(it, asked, goal)
    {
        if asked == it.spec.max && goal.wanted > it.spec.max {
            stage.capped.push((unit, goal.wanted));
        }
        stage.stuck.push(why);
    }
}

/// Why an autoscaler has come to rest below what the load is worth; `None` where what is left is within its tolerance.
fn held_back(it: &Scaler, asked: i64, goal: &Goal) -> Option<String> {
    let spec = &it.spec;
    let (share, tolerated) = (goal.load / spec.per_pod / asked.max(1) as f64, 1.0 + spec.tolerance().0);
    if asked >= goal.wanted || share <= tolerated {
        return None;
    }
    Some(match spec.most_per_pod.filter(|most| *most <= spec.per_pod * tolerated) {
        Some(most) => format!(
            "HPA {} stays at {asked}, since the limit of {} lets a pod show {:.0} % of the target at most",
            it.name,
            it.resource,
            most * 100.0 / spec.per_pod
        ),
        None if asked == spec.max => format!("HPA {} stops at its maxReplicas of {asked}, and each pod gets {:.0} % of its target", it.name, share * 100.0),
        None => format!("HPA {} stops at {asked}", it.name),
    })
}

/// Asks for so many pods at once.
fn ask(stage: &mut Stage<'_>, unit: usize, wanted: i64) {
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
}

fn sentence(stage: &Stage<'_>, outcome: &Outcome, unit: usize, goal: &Goal) -> String {
    let it = &stage.world.units[unit];
    let (object, before, wanted) = (&it.object, it.before, goal.wanted);
    let times = goal.times.map(|it| format!("{it} times its load"));
    if !stage.stuck.is_empty() {
        let why = stage.stuck.join("; ");
        let bound = it.max.filter(|it| *it < wanted && stage.capped.is_empty()).map(|it| format!("; its autoscaler stops at {it}")).unwrap_or_default();
        let to = times.map_or_else(|| wanted.to_string(), |it| format!("the {wanted} pods that {it} takes"));
        return format!("{object} cannot grow from {before} to {to}: {why}{bound}");
    }
    let series = stage.watch.tracks.iter().find(|it| it.unit == unit).map(|it| it.series.as_slice()).unwrap_or_default();
    let steps = stage.scalings_of(unit).filter(|it| it.to > it.from).count();
    if stage.scaler_of(unit).is_none() {
        let bound = it.max.filter(|it| *it < wanted).map(|it| format!("; its autoscaler stops at {it}")).unwrap_or_default();
        let took = outcome.whole_after.map_or(stage.watch.changed_at, |it| (it * 1000.0) as i64);
        return format!("{object} grows from {before} to {wanted} pods in {}{bound}", duration(took));
    }
    let after = series.last().map_or(before, |it| it.1);
    let of_load = times.map(|it| format!(" for {it}")).unwrap_or_default();
    match steps {
        0 => format!("{object} has pods enough{of_load}: its autoscaler leaves it at {after}"),
        _ => {
            let took = series.iter().find(|it| it.1 >= after).map_or(0, |it| it.0);
            format!(
                "{object} grows from {before} to {after} pods{of_load} in {}, in {steps} {} of its autoscaler",
                duration(took),
                if steps == 1 { "step" } else { "steps" }
            )
        }
    }
}
