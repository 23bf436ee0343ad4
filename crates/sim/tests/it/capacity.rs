//! Whoever adds and takes nodes: Cluster Autoscaler, Karpenter, the update of a managed node group, spot interruptions.

use std::collections::BTreeSet;
use std::sync::Arc;

use seatrial_sim::controllers::rehearsal::{ClusterAutoscaler, Expander, Handler, Karpenter, NodeGroup, Offer, Pool, Rehearsal, UpdateFlags, UpdateState};
use seatrial_sim::{NodeFacts, NodeId};
use serde_json::json;

use crate::town::{budget, deployment, find, first, node, settle, spec, times, town, until};

fn group(town: &mut Rehearsal, name: &str, max: i64, cpu: &str, zones: &[&str], nodes: BTreeSet<NodeId>) -> usize {
    let templates = zones.iter().map(|zone| node("template", zone, cpu)).collect();
    town.add_group(NodeGroup { name: name.into(), max, templates, nodes, ..NodeGroup::default() })
}

fn all(town: &Rehearsal) -> BTreeSet<NodeId> {
    town.state.node_ids().collect()
}

#[test]
fn the_autoscaler_adds_what_waiting_pods_need_up_to_the_maximum() {
    let mut town = town(&["a"], 1, "4");
    deployment(&mut town, "api", 3, spec("1", json!({})));
    settle(&mut town);
    town.cluster_autoscaler = Some(ClusterAutoscaler::default());
    let nodes = all(&town);
    let group = group(&mut town, "od", 3, "4", &["a"], nodes);
    // One more fits; twelve more need three nodes, and the group may have two more.
    town.rollouts[0].replicas = 16;
    town.touch();
    until(&mut town, 200_000);
    assert_eq!(times(&town, "InstanceLaunched", "od"), [10_000, 10_000], "the first scan after the pods were found to fit nowhere");
    assert_eq!(times(&town, "NodeReady", "od"), [70_000, 70_000]);
    assert_eq!((town.available(0), town.pending(), town.group_size(group)), (12, 4, 3));
    assert!(first(&town, "NotTriggerScaleUp", "").is_some());
}

#[test]
fn the_autoscaler_takes_the_group_that_wastes_least() {
    for (expander, expected) in [(Expander::LeastWaste, Some("small")), (Expander::Random, None)] {
        let mut town = town(&["a"], 1, "1");
        settle(&mut town);
        town.cluster_autoscaler = Some(ClusterAutoscaler { expander, ..ClusterAutoscaler::default() });
        group(&mut town, "huge", 5, "64", &["a"], BTreeSet::new());
        group(&mut town, "small", 5, "2", &["a"], BTreeSet::new());
        deployment(&mut town, "api", 1, spec("1500m", json!({})));
        town.touch();
        until(&mut town, 120_000);
        assert_eq!(town.available(0), 1);
        let launched = first(&town, "InstanceLaunched", "").expect("a node");
        assert!(expected.is_none_or(|it| launched.object.contains(it)), "{}", launched.object);
    }
}

#[test]
fn the_loss_of_one_of_two_zones_stops_the_autoscaler() {
    let mut town = town(&["a", "b"], 4, "4");
    deployment(&mut town, "api", 28, spec("1", json!({})));
    settle(&mut town);
    town.cluster_autoscaler = Some(ClusterAutoscaler::default());
    let nodes = all(&town);
    group(&mut town, "od", 20, "4", &["a", "b"], nodes);
    let dead: Vec<NodeId> = (0..4).map(|at| find(&town, &format!("a{at}"))).collect();
    town.lose(&dead);
    until(&mut town, 1_200_000);
    assert!(first(&town, "AutoscalerStopped", "").is_some());
    assert_eq!(times(&town, "InstanceLaunched", ""), Vec::<i64>::new(), "50 % of the nodes and four of them are not ready");
    assert!(town.available(0) < 28);
}

#[test]
fn a_terminated_zone_lets_the_autoscaler_go_on_once_the_nodes_are_gone() {
    let mut town = town(&["a", "b"], 4, "4");
    deployment(&mut town, "api", 28, spec("1", json!({})));
    settle(&mut town);
    town.cluster_autoscaler = Some(ClusterAutoscaler::default());
    let nodes = all(&town);
    group(&mut town, "od", 20, "4", &["a", "b"], nodes);
    let dead: Vec<NodeId> = (0..4).map(|at| find(&town, &format!("a{at}"))).collect();
    town.close_zone("a");
    town.terminate_instances(&dead);
    until(&mut town, 400_000);
    assert_eq!(town.available(0), 28);
    let launched: Vec<&str> = town.journal.iter().filter(|it| it.event == "NodeReady").map(|it| it.object.as_str()).collect();
    assert!(!launched.is_empty());
    let zone = |name: &str| town.state.node_labels(find(&town, name.trim_start_matches("Node "))).get("topology.kubernetes.io/zone").cloned();
    assert!(launched.iter().all(|it| zone(it).as_deref() == Some("b")), "no instance comes up in a zone that is gone");
}

#[test]
fn a_group_that_heals_replaces_what_it_loses() {
    let mut town = town(&["a"], 2, "4");
    deployment(&mut town, "api", 8, spec("1", json!({})));
    settle(&mut town);
    let nodes = all(&town);
    let group =
        town.add_group(NodeGroup { name: "od".into(), max: 2, templates: vec![node("template", "a", "4")], nodes, heals: true, ..NodeGroup::default() });
    let lost = find(&town, "a0");
    town.terminate_instances(&[lost]);
    until(&mut town, 300_000);
    assert_eq!(times(&town, "InstanceLaunched", ""), [60_000]);
    assert_eq!((town.available(0), town.group_size(group)), (8, 2));
}

fn offer(kind: &str, zone: &str, cpu: &str, price: f64) -> Arc<Offer> {
    let mut facts: NodeFacts = node("offer", zone, cpu);
    facts.labels.insert("node.kubernetes.io/instance-type".into(), kind.into());
    let capacity = serde_json::from_value(json!({"cpu": cpu, "memory": "16Gi"})).expect("amounts");
    Arc::new(Offer { facts, capacity, price })
}

fn pool(name: &str, weight: i64, limit: &str) -> Pool {
    let offers = ["a", "b"].iter().flat_map(|zone| [offer("large", zone, "2", 1.0), offer("xlarge", zone, "4", 2.0), offer("8xlarge", zone, "32", 16.0)]);
    let limits = serde_json::from_value(json!({"cpu": limit})).expect("limits");
    Pool { name: name.into(), weight, limits, offers: offers.collect(), ..Pool::default() }
}

#[test]
fn karpenter_orders_the_cheapest_that_holds_after_a_second() {
    let mut town = town(&["a"], 1, "1");
    settle(&mut town);
    town.karpenter = Some(Karpenter::of(vec![pool("default", 0, "100")]));
    deployment(&mut town, "api", 3, spec("1200m", json!({})));
    town.touch();
    until(&mut town, 120_000);
    let at = times(&town, "InstanceLaunched", "default");
    assert_eq!(at.len(), 1, "three pods of 1.2 cores fit on one node of four");
    assert!((1000..1100).contains(&at[0]), "{at:?}");
    assert_eq!(town.available(0), 3);
    let new = town.state.node_ids().last().expect("a node");
    assert_eq!(town.state.node_labels(new).get("node.kubernetes.io/instance-type").map(|it| it.as_str()), Some("xlarge"));
}

#[test]
fn karpenter_keeps_to_the_limits_and_prefers_weight() {
    let mut town = town(&["a"], 1, "1");
    settle(&mut town);
    town.karpenter = Some(Karpenter::of(vec![pool("light", 0, "100"), pool("heavy", 10, "3")]));
    let apart = json!({"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "api"}}}]}}});
    deployment(&mut town, "api", 3, spec("1500m", apart));
    town.touch();
    until(&mut town, 120_000);
    // Each pod needs its own node of two cores; the heavy pool may have three cores.
    assert_eq!(times(&town, "InstanceLaunched", "heavy").len(), 1);
    assert!(first(&town, "LimitExceeded", "heavy").is_some_and(|it| it.cause.contains("spec.limits.cpu is 3")));
}

#[test]
fn karpenter_spreads_over_zones_as_pods_ask() {
    let mut town = town(&["a"], 1, "1");
    settle(&mut town);
    town.karpenter = Some(Karpenter::of(vec![pool("default", 0, "100")]));
    let spread = json!({"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "api"}}}]});
    deployment(&mut town, "api", 4, spec("1500m", spread));
    town.touch();
    until(&mut town, 120_000);
    assert_eq!(town.available(0), 4);
    let zones: Vec<_> = town.state.node_ids().filter(|it| !town.state.pods_on(*it).is_empty()).collect();
    let in_a = zones.iter().filter(|it| town.state.node_labels(**it).get("topology.kubernetes.io/zone").is_some_and(|it| **it == *"a"));
    assert_eq!(in_a.map(|it| town.state.pods_on(*it).len()).sum::<usize>(), 2);
}

fn updated(replicas: i64, least: i64, flags: &UpdateFlags) -> (Rehearsal, usize) {
    let mut town = town(&["a", "b"], 2, "4");
    deployment(&mut town, "api", replicas, spec("1", json!({})));
    budget(&mut town, "api", least);
    settle(&mut town);
    let nodes = all(&town);
    let group = group(&mut town, "od", 4, "4", &["a", "b"], nodes);
    let update = town.update_node_group(group, flags);
    until(&mut town, 7_200_000);
    (town, update)
}

#[test]
fn the_update_of_a_node_group_replaces_every_node_and_keeps_the_budget() {
    let (town, update) = updated(8, 7, &UpdateFlags::default());
    assert!(matches!(town.update_state(update), UpdateState::Done { .. }), "{:?}", town.update_state(update));
    assert_eq!(times(&town, "InstanceLaunched", "")[..4], [0; 4], "twice the zones come first");
    assert!(town.state.node_ids().all(|it| town.state.node_name(it).starts_with("od-new")));
    assert_eq!((town.state.node_count(), town.available(0)), (4, 8));
    assert!(town.ready_over_time(0).iter().skip_while(|it| it.1 < 8).all(|it| it.1 >= 7), "{:?}", town.ready_over_time(0));
}

#[test]
fn an_update_fails_after_fifteen_minutes_where_a_budget_allows_nothing() {
    let (town, update) = updated(8, 8, &UpdateFlags::default());
    let UpdateState::Failed { at, pods, .. } = town.update_state(update) else { panic!("{:?}", town.update_state(update)) };
    // Nodes join after a minute, are looked for every second, and the drain may take 15 minutes.
    assert!((60_000 + 60_000 + 900_000..60_000 + 65_000 + 900_000).contains(at), "{at}");
    assert!(!pods.is_empty());
    assert!(first(&town, "PodEvictionFailure", "").is_some());
    assert_eq!(town.available(0), 8);
}

#[test]
fn a_forced_update_goes_through_any_budget() {
    let (town, update) = updated(8, 8, &UpdateFlags { force: true, ..UpdateFlags::default() });
    assert!(matches!(town.update_state(update), UpdateState::Done { .. }), "{:?}", town.update_state(update));
    assert_eq!(town.available(0), 8);
    assert!(town.ready_over_time(0).iter().skip_while(|it| it.1 < 8).any(|it| it.1 < 8), "the budget was broken");
}

#[test]
fn a_spot_interruption_that_nobody_handles_costs_minutes() {
    let lowest = |handler: Handler| {
        let mut town = town(&["a"], 3, "4");
        deployment(&mut town, "api", 6, spec("1", json!({})));
        budget(&mut town, "api", 5);
        settle(&mut town);
        let spot = find(&town, "a0");
        town.interrupt(&[spot], handler);
        until(&mut town, 600_000);
        assert_eq!(town.available(0), 6, "{handler:?}");
        assert_eq!(times(&town, "InstanceTerminated", "a0"), [120_000]);
        town.ready_over_time(0).iter().skip_while(|it| it.1 < 6).map(|it| it.1).min().expect("counts")
    };
    let (nobody, drained) = (lowest(Handler::Nobody), lowest(Handler::Drains));
    assert_eq!(drained, 5, "the drain keeps to the budget");
    assert!(nobody < 5, "all pods of the node are lost at once: {nobody}");
}

#[test]
fn karpenter_provides_before_it_drains() {
    let mut town = town(&["a"], 2, "2");
    deployment(&mut town, "api", 2, spec("1500m", json!({})));
    settle(&mut town);
    town.karpenter = Some(Karpenter::of(vec![pool("default", 0, "100")]));
    let spot = find(&town, "a0");
    town.interrupt(&[spot], Handler::Karpenter);
    until(&mut town, 300_000);
    assert_eq!(town.available(0), 2);
    let launched = times(&town, "InstanceLaunched", "default");
    assert_eq!(launched.len(), 1, "one node for one pod, not one for the drain and one for the pod that waits: {launched:?}");
    assert!(launched[0] <= 2000);
}
