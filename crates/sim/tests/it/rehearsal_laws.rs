//! Laws that hold for every rehearsal, and slow references for what its controllers compute.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::Offset;
use proptest::prelude::*;
use seatrial_model::Schedule;
use seatrial_sim::NodeId;
use seatrial_sim::controllers::pod_autoscaler::{Bounds, limited, scale_down_rules, scale_up_rules, stabilized};
use seatrial_sim::controllers::quota::{Quota, pod_usage};
use seatrial_sim::controllers::rehearsal::{ClusterAutoscaler, Happening, Karpenter, NodeGroup, Offer, Pool, Rehearsal};
use serde_json::json;

use crate::town::{budget, deployment, node, settle, spec, town, until};

const MINUTE: i64 = 60_000;

fn zone(town: &Rehearsal, zone: &str) -> Vec<NodeId> {
    town.state.node_ids().filter(|it| town.state.node_name(*it).starts_with(zone)).collect()
}

/// A cluster that loses a zone while somebody adds nodes, and gets it back.
fn lived(replicas: i64, cpu: u8, terminated: bool, karpenter: bool) -> Rehearsal {
    let mut town = town(&["a", "b"], 3, "4");
    deployment(&mut town, "api", replicas, spec(&format!("{}m", 100 * i64::from(cpu)), json!({})));
    budget(&mut town, "api", replicas / 2);
    settle(&mut town);
    if karpenter {
        let offer = |cpu: &str, price: f64| Arc::new(Offer { facts: node("offer", "b", cpu), capacity: node("offer", "b", cpu).allocatable, price });
        town.karpenter = Some(Karpenter::of(vec![Pool { name: "pool".into(), offers: vec![offer("2", 1.0), offer("8", 4.0)], ..Pool::default() }]));
    } else {
        town.cluster_autoscaler = Some(ClusterAutoscaler { max_unready_percent: 100, ..ClusterAutoscaler::default() });
        let nodes = town.state.node_ids().collect();
        town.add_group(NodeGroup { name: "od".into(), max: 9, templates: vec![node("t", "b", "4")], nodes, ..NodeGroup::default() });
    }
    let lost = zone(&town, "a");
    if terminated {
        town.terminate_instances(&lost);
    } else {
        town.lose(&lost);
    }
    until(&mut town, 900_000);
    town.revive(&lost);
    until(&mut town, 1_800_000);
    town
}

fn is_there(lines: &str) -> Vec<String> {
    lines.lines().filter(|it| it.starts_with("node true") || (it.starts_with("pod ") && it.contains("deleted: false"))).map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_same_seed_lives_the_same_life(replicas in 1..12i64, cpu in 2..12u8, terminated: bool, karpenter: bool) {
        let lives: Vec<Vec<Happening>> = (0..2).map(|_| lived(replicas, cpu, terminated, karpenter).journal).collect();
        prop_assert_eq!(&lives[0], &lives[1]);
    }

    #[test]
    fn what_is_lost_is_made_up_for_and_nothing_is_made_twice(replicas in 1..12i64, cpu in 2..12u8, terminated: bool, karpenter: bool) {
        let town = lived(replicas, cpu, terminated, karpenter);
        prop_assert_eq!(town.available(0), replicas);
        prop_assert_eq!(town.pending(), 0);
        let mut last = -1;
        for (at, count) in town.ready_over_time(0) {
            prop_assert!(*at > last && *count >= 0 && *count <= replicas, "{:?}", town.ready_over_time(0));
            last = *at;
        }
        for node in town.state.node_ids() {
            let usage = town.state.usage(node);
            prop_assert!(usage.requested_millicpu <= usage.millicpu);
        }
    }

    #[test]
    fn thinking_of_nodes_leaves_no_trace(replicas in 3..20i64, karpenter: bool) {
        let mut town = town(&["a"], 1, "4");
        settle(&mut town);
        deployment(&mut town, "api", replicas, spec("3", json!({})));
        town.touch();
        until(&mut town, 100);
        let before = is_there(&town.state.dump());
        if karpenter {
            // No instance is large enough: everything is thought of, and nothing is ordered.
            let small = Offer { facts: node("offer", "b", "2"), capacity: node("offer", "b", "2").allocatable, price: 1.0 };
            town.karpenter = Some(Karpenter::of(vec![Pool { name: "pool".into(), offers: vec![Arc::new(small)], ..Pool::default() }]));
        } else {
            town.cluster_autoscaler = Some(ClusterAutoscaler::default());
            town.add_group(NodeGroup { name: "od".into(), max: 9, templates: vec![node("t", "b", "2")], ..NodeGroup::default() });
        }
        deployment(&mut town, "web", 1, spec("3", json!({})));
        town.touch();
        until(&mut town, 60_000);
        let after: Vec<String> = is_there(&town.state.dump()).into_iter().filter(|it| !it.contains("web")).collect();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn a_quota_is_never_exceeded(replicas in 1..20i64, most in 0..10i64) {
        let mut town = town(&["a"], 2, "16");
        let hard = serde_json::from_value(json!({"pods": most, "requests.cpu": "2500m"})).expect("amounts");
        town.quotas.push(("shop".into(), Quota { hard, ..Quota::default() }));
        deployment(&mut town, "api", replicas, spec("500m", json!({})));
        town.touch();
        town.run_until(60_000);
        let alive = town.lives.iter().filter(|it| !it.1.gone).map(|it| pod_usage(town.state.spec(*it.0), None));
        let cpu: i64 = alive.clone().map(|it| it.get("requests.cpu").map_or(0, |it| it.milli_value())).sum();
        prop_assert_eq!(alive.count() as i64, replicas.min(most).min(5));
        prop_assert!(cpu <= 2500);
    }
}

/// Every field as it reads, minute by minute.
fn names(fields: &[&str; 5], at: i64) -> bool {
    let it = Offset::UTC.to_datetime(Timestamp::from_millisecond(at).expect("a time"));
    let hit = |field: &str, value: i64| {
        field.split(',').any(|part| match part.split_once('/') {
            Some((_, step)) => value % step.parse::<i64>().expect("a step") == 0,
            None => part == "*" || part.parse() == Ok(value),
        })
    };
    let (day, weekday) = (hit(fields[2], i64::from(it.day())), hit(fields[4], i64::from(it.weekday().to_sunday_zero_offset())));
    let either = if fields[2] == "*" || fields[4] == "*" { day && weekday } else { day || weekday };
    hit(fields[0], i64::from(it.minute())) && hit(fields[1], i64::from(it.hour())) && hit(fields[3], i64::from(it.month())) && either
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_schedule_is_what_going_minute_by_minute_finds(
        minute in prop_oneof![Just("*"), Just("*/7"), Just("5,50")],
        hour in prop_oneof![Just("*"), Just("*/6"), Just("3")],
        day in prop_oneof![Just("*"), Just("1,15")],
        weekday in prop_oneof![Just("*"), Just("1,5"), Just("0")],
        start in 0..(3 * 365 * 24 * 60i64),
    ) {
        let fields = [minute, hour, day, "*", weekday];
        let schedule = Schedule::parse(&fields.join(" ")).expect("a schedule");
        let start = Offset::UTC.to_timestamp(date(2026, 1, 1).at(0, 0, 0, 0)).expect("a time").as_millisecond() + start * MINUTE;
        let slow = (1..32 * 24 * 60).map(|it| start + it * MINUTE).find(|it| names(&fields, *it));
        prop_assert_eq!(schedule.next(start), slow);
        let last = (0..32 * 24 * 60).map(|it| start - it * MINUTE).find(|it| names(&fields, *it));
        prop_assert_eq!(schedule.last(start - 33 * 24 * 60 * MINUTE, start), last);
    }

    #[test]
    fn an_autoscaler_keeps_its_bounds_and_its_pace(current in 1..200i64, desired in 0..400i64, min in 1..50i64, extra in 0..300i64) {
        let (up, down) = (scale_up_rules(None), scale_down_rules(None, 300));
        let max = min + extra;
        let current = current.clamp(min, max);
        let stable = stabilized(current, desired, &[], 0, 0, 300);
        prop_assert_eq!(stable, desired);
        let (next, _) = limited(stable.clamp(min, max), current, &Bounds { min, max, up: &up, down: &down }, &[], &[], 0);
        prop_assert!(next >= min && next <= max);
        prop_assert!(next <= current.max((2 * current).max(current + 4)));
        // One step decides: nothing lies between the wish and what is allowed.
        let wish = desired.clamp(min, max);
        prop_assert_eq!(next, if wish > current { wish.min((2 * current).max(current + 4)) } else { wish });
    }
}
