//! Golden timelines: when a loss is noticed, when pods are deleted, when they serve again.

use seatrial_drill::{Loss, Request};
use seatrial_report::drill::{Drill, Verdict};

use crate::town::{Town, said, workload};

/// Seconds at which something of this kind happens.
fn times(drill: &Drill, event: &str) -> Vec<f64> {
    drill.timeline.iter().filter(|it| it.event.contains(event)).map(|it| it.t).collect()
}

fn partition() -> Request {
    Request { loss: Loss::Partition, ..Request::default() }
}

#[test]
fn a_zone_that_is_cut_off_is_evicted_node_by_node() {
    let mut town = Town::new();
    town.zones(3).deployment("api", &["a1", "b1", "c1"], "", "").deployment("web", &["a2", "b2", "c2"], "", "");
    let drill = town.with("az", "a", partition());
    assert_eq!(times(&drill, "Ready=Unknown"), [46.0], "the grace period of 50 s since the last renewal");
    let tainted = times(&drill, "NoExecute");
    assert_eq!(tainted.len(), 3, "{:#?}", drill.timeline);
    assert!(tainted.windows(2).all(|it| (it[1] - it[0] - 10.0).abs() < 0.2), "one node in ten seconds: {tainted:?}");
    // Each pod is deleted 300 s after its own node's taint; its replacement takes 15 s to start.
    let back = workload(&drill, "Deployment shop/api").ready.last().expect("it returns").0;
    let own = tainted.iter().any(|it| (back - it - 315.0).abs() < 0.5);
    assert!(own, "back at {back}, taints at {tainted:?}");
}

#[test]
fn terminated_instances_are_replaced_in_two_minutes() {
    let mut town = Town::new();
    town.zones(2).deployment("api", &["a1", "b1", "c1"], "", "");
    let drill = town.one("az", "a");
    let deleted = times(&drill, "its object is deleted");
    assert!(deleted.iter().all(|it| (51.0..56.5).contains(it)) && deleted.len() == 2, "{deleted:?}");
    let back = drill.whole_after_seconds.expect("it returns");
    assert!((100.0..140.0).contains(&back), "40 s of quarantine, a round of 20 s, 15 s to start: {back}");
}

#[test]
fn most_of_a_small_zone_lost_stops_evictions() {
    let mut town = Town::new();
    for name in ["a1", "a2", "a3", "a4", "a5", "b1"] {
        town.node(name, &name[..1]);
    }
    town.deployment("api", &["a1", "a2", "a3", "b1"], "", "");
    let mut world = town.world().expect("a world");
    let request = Request { targets: vec!["a1".into(), "a2".into(), "a3".into()], seeds: 1, ..partition() };
    // One node at a time is evicted as usual.
    let alone = seatrial_drill::rehearse(&mut world, seatrial_drill::find("node").expect("a drill"), &request).expect("an answer");
    assert!(alone.drills.iter().all(|it| it.verdict == Verdict::Survives), "{:?}", alone.drills.iter().map(said).collect::<Vec<_>>());
}

#[test]
fn with_every_zone_lost_nothing_is_evicted_beyond_the_burst() {
    let mut town = Town::new();
    town.node("a1", "a").node("a2", "a").node("a3", "a").deployment("api", &["a1", "a2", "a3"], "", "");
    let drill = town.with("az", "a", partition());
    assert_eq!(drill.verdict, Verdict::Down, "{:?}", said(&drill));
    assert!(times(&drill, "NoExecute").len() <= 2, "{:#?}", drill.timeline);
}

#[test]
fn seeds_change_the_order_of_evictions_and_nothing_that_follows_from_the_objects() {
    let mut town = Town::new();
    town.zones(3).deployment("api", &["a1", "a2", "b1", "c1"], "", "").stateful("db", &["a3"]);
    let answer = town.drill("az", &Request { targets: vec!["a".into()], seeds: 25, ..partition() });
    let drill = &answer.drills[0];
    assert_eq!((drill.seeds, drill.verdicts.len(), drill.verdicts[&Verdict::Down]), (25, 1, 25));
    let again = town.drill("az", &Request { targets: vec!["a".into()], seeds: 25, ..partition() });
    assert_eq!(answer, again, "the same seeds give the same answer");
}

#[test]
fn drills_leave_the_state_as_it_was() {
    let mut town = Town::new();
    town.zones(2).deployment("api", &["a1", "b1", "c1"], "", "").stateful("db", &["a1"]).budget("api", "api", "maxUnavailable: 1");
    let mut world = town.world().expect("a world");
    let before = world.state.dump();
    let answer = seatrial_drill::overview(&mut world, &Request { seeds: 3, ..Request::default() });
    assert!(answer.drills.len() > 20, "{}", answer.drills.len());
    // What was made leaves names of nodes that are gone, and classes that hold no pod.
    let left = |it: &&str| ["node false", "class", "counter", "term"].iter().any(|kind| it.starts_with(kind));
    let lines = |it: &str| it.lines().filter(|it| !left(it)).map(str::to_owned).collect::<Vec<_>>();
    let after = world.state.dump();
    assert_eq!(lines(&before).len(), lines(&after).len());
    let differing: Vec<_> = lines(&before).into_iter().zip(lines(&after)).filter(|it| it.0 != it.1).collect();
    assert!(differing.is_empty(), "{:#?}", &differing[..differing.len().min(3)]);
}
