//! A delay that can be set is one that some answer depends on.

use seatrial_drill::{LISTED, Latencies, Loss, Request, World, find, rehearse};
use seatrial_model::Snapshot;
use seatrial_report::drill::Drill;

use crate::growth::{grown_by_groups, grown_by_pools};
use crate::scaling::{at, scaled};
use crate::town::Town;

/// Volumes that move within a zone, budgets that make drains wait, a quota that refuses a surge, jobs, Spot nodes.
fn busy() -> Town {
    let mut town = Town::new();
    town.zones(3).node_with("s1", "a", "4", "eks.amazonaws.com/nodegroup: spot, eks.amazonaws.com/capacityType: SPOT", "");
    town.deployment("api", &["a1", "a1", "b1", "s1"], "", "").budget("api", "api", "maxUnavailable: 1");
    town.deployment("stiff", &["b2", "c2"], "", "").budget("stiff", "stiff", "minAvailable: 2");
    town.deployment("held", &["s1", "s1"], "", "").budget("held", "held", "maxUnavailable: 1");
    town.deployment("single", &["c1"], "", "").stateful("db", &["a1", "b1"]);
    // One pod on each node: a new one has to wait until an old one has gone.
    let apart = "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: topology.kubernetes.io/zone, labelSelector: {matchLabels: {app: apart}}}]}}";
    town.deployment("apart", &["a2", "b2", "c2"], apart, "strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}");
    town.add("apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: team, namespace: shop}\nspec: {hard: {pods: \"14\"}}");
    for name in ["report", "backup"] {
        town.add(&format!("apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: {name}, namespace: batch}}\nspec:\n  schedule: \"0 2 * * *\"\n  jobTemplate: {{spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: job, image: job}}]}}}}}}}}"));
    }
    town
}

/// What drills answer, whatever is lost and how.
fn answers(snapshot: &Snapshot, latencies: &Latencies) -> Vec<Drill> {
    let mut world = World::of(snapshot, None, None, latencies).expect("a world");
    let mut drills = Vec::new();
    for (id, target, loss) in [
        ("az", "a", Loss::Terminated),
        ("az", "a", Loss::Partition),
        ("node", "a1", Loss::Terminated),
        ("drain", "a1", Loss::default()),
        ("drain", "a2", Loss::default()),
        ("rollout", "shop/apart", Loss::default()),
        ("upgrade-nodegroup", "od", Loss::default()),
        ("upgrade-nodegroup", "spot", Loss::default()),
        ("spot-wave", "", Loss::default()),
        ("cron", "", Loss::default()),
    ] {
        let targets = if target.is_empty() { Vec::new() } else { vec![target.to_owned()] };
        let request = Request { targets, loss, seeds: 1, latencies: latencies.clone(), ..Request::default() };
        drills.extend(rehearse(&mut world, find(id).expect("a drill"), &request).expect("an answer").drills);
    }
    // No quota holds up what replaces pods on nodes that nobody hears of.
    let mut unheard = Town::new();
    unheard.zones(3).deployment("single", &["c1"], "", "").deployment("pair", &["c2", "c3"], "", "");
    let mut world = World::of(&unheard.snapshot(), None, None, latencies).expect("a world");
    let request = Request { targets: vec!["c".to_owned()], loss: Loss::Partition, seeds: 1, latencies: latencies.clone(), ..Request::default() };
    drills.extend(rehearse(&mut world, find("az").expect("a drill"), &request).expect("an answer").drills);
    for town in [grown_by_groups(), grown_by_pools()] {
        let mut world = World::of(&town.snapshot(), None, None, latencies).expect("a world");
        let request = Request { targets: vec!["shop/api".to_owned()], times: Some(9), seeds: 1, latencies: latencies.clone(), ..Request::default() };
        drills.extend(rehearse(&mut world, find("scale").expect("a drill"), &request).expect("an answer").drills);
    }
    let idle = scaled(6, "minReplicas: 3, maxReplicas: 12", &at(20));
    let mut world = World::of(&idle.snapshot(), None, None, latencies).expect("a world");
    for (id, target) in [("scale", "shop/api"), ("az", "a")] {
        let request = Request { targets: vec![target.to_owned()], times: Some(9), seeds: 1, latencies: latencies.clone(), ..Request::default() };
        drills.extend(rehearse(&mut world, find(id).expect("a drill"), &request).expect("an answer").drills);
    }
    // Timelines quote some of the delays: only what comes of them counts, and when an update was given up.
    drills.iter_mut().for_each(|it| it.timeline.retain(|it| it.event.starts_with("PodEvictionFailure")));
    drills.iter_mut().flat_map(|it| &mut it.timeline).for_each(|it| it.cause.clear());
    drills
}

#[test]
fn every_delay_that_can_be_set_changes_some_answer() {
    let snapshot = busy().snapshot();
    // Some delays only tell where pods start slowly.
    let mut slow = Latencies::default();
    slow.set("pod-start", 200_000).expect("a delay");
    let bases = [Latencies::default(), slow];
    let plain = bases.clone().map(|it| answers(&snapshot, &it));
    let changes = |name: &str, milliseconds: i64| {
        bases.iter().zip(&plain).any(|(base, plain)| {
            let mut latencies = base.clone();
            latencies.set(name, milliseconds).expect("a delay");
            answers(&snapshot, &latencies) != *plain
        })
    };
    let unread: Vec<&str> = LISTED.iter().filter(|it| !changes(it.name, it.milliseconds * 3 + 1000)).map(|it| it.name).collect();
    assert!(unread.is_empty(), "{unread:?} change nothing");
}
