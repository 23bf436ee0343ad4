//! Horizontal autoscalers at rest, held back by their windows, and looking at pods whose kubelet is silent.

use seatrial_model::kinds::scaling::{ScalingPolicy, ScalingRules};

use seatrial_sim::controllers::pod_autoscaler::{fewer_replicas, replicas};

use crate::batch::scaled;
use crate::town::until;

/// Source: kubernetes pkg/controller/podautoscaler/replica_calculator_test.go, the cases of missing metrics.
#[test]
fn pods_without_a_reading_keep_a_number_from_changing_too_far() {
    let tolerance = (0.1, 0.1);
    // One of two shows 60 of 100, the other is taken to use its whole request.
    assert_eq!(fewer_replicas(60.0, 100.0, 1, (1, 100.0), 2, tolerance), 2);
    // One shows 45 of 50; with the silent one's 100 the load would ask for more, which no silence may.
    assert_eq!(fewer_replicas(45.0, 50.0, 1, (1, 100.0), 3, tolerance), 3);
    assert_eq!(fewer_replicas(10.0, 100.0, 2, (1, 100.0), 3, tolerance), 2);
    assert_eq!(fewer_replicas(10.0, 100.0, 0, (3, 100.0), 3, tolerance), 3);
    // One of two shows 190 of 100, the other counts as idle.
    assert_eq!(replicas(190.0, 100.0, 1, 1, 2, tolerance), 2);
}

#[test]
fn an_autoscaler_that_has_nothing_to_do_keeps_nobody_waiting() {
    let (mut town, at) = scaled(8_000.0, 100, None);
    until(&mut town, 120_000);
    assert_eq!(town.rollouts[at].replicas, 16);
    assert_eq!(town.next_at(), None, "it looks again when its pods change, and not before");
    assert!(town.only_retries());
    // Its pods change: it looks, and holds what it recommended all along for five minutes more.
    town.set_load(0, 2_000.0);
    until(&mut town, 410_000);
    assert_eq!(town.rollouts[at].replicas, 16);
    until(&mut town, 430_000);
    assert_eq!(town.rollouts[at].replicas, 4);
    let last = town.scalings().last().copied().expect("it shrank");
    assert_eq!((last.from, last.to, last.wanted), (16, 4, 4));
    assert!((last.share - 0.25).abs() < 1e-9, "{last:?}");
}

#[test]
fn a_pace_of_one_pod_in_half_an_hour_is_waited_for() {
    let policies = vec![ScalingPolicy { kind: "Pods".into(), value: 1, period_seconds: 1800 }];
    let (mut town, at) = scaled(3_000.0, 100, Some(ScalingRules { policies, ..ScalingRules::default() }));
    until(&mut town, 60_000);
    assert_eq!(town.rollouts[at].replicas, 5);
    assert!(!town.only_retries(), "6 are wanted, and the sixth is to come");
    until(&mut town, 2_000_000);
    assert_eq!(town.rollouts[at].replicas, 6);
}

#[test]
fn growth_that_is_forbidden_is_not_waited_for() {
    let rules = ScalingRules { select_policy: Some("Disabled".into()), ..ScalingRules::default() };
    let (mut town, at) = scaled(3_000.0, 100, Some(rules));
    until(&mut town, 60_000);
    assert_eq!((town.rollouts[at].replicas, town.next_at()), (4, None));
}

#[test]
fn pods_of_a_silent_kubelet_neither_add_nor_take_away() {
    let (mut town, at) = scaled(2_000.0, 100, None);
    until(&mut town, 60_000);
    let node = town.state.node_ids().find(|it| !town.state.pods_on(*it).is_empty()).expect("a node with pods");
    // What is left shows more than it is to have; the silent pods count as idle, and then as replaced.
    town.lose(&[node]);
    until(&mut town, 1_200_000);
    assert_eq!((town.rollouts[at].replicas, town.scalings().len()), (4, 0));
}
