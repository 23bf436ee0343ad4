//! What people do: drains, updates of node groups, rollouts.

use seatrial_drill::{Latencies, Request};
use seatrial_report::drill::Verdict;

use crate::town::{Town, said, workload};

#[test]
fn a_budget_that_wants_every_pod_holds_a_drain_up_for_ever() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1", "c1"], "", "").budget("all", "api", "minAvailable: 3");
    let drill = town.one("drain", "a1");
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    let row = drill.blocked.first().expect("a blocker");
    assert_eq!(
        (row.by.as_str(), row.object.as_str(), row.field.as_str(), row.value.as_str()),
        ("budget", "PodDisruptionBudget shop/all", "spec.minAvailable", "3")
    );
    assert!(row.patch.contains("\"maxUnavailable\":1") && row.kubernetes_message.contains("needs 3 healthy pods and has 3 currently"), "{row:?}");
}

#[test]
fn a_budget_lets_two_pods_of_one_node_go_one_after_the_other() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "a1"], "", "").budget("api", "api", "maxUnavailable: 1");
    let drill = town.one("drain", "a1");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
    assert_eq!(workload(&drill, "Deployment shop/api").min_ready, 1);
}

#[test]
fn without_a_budget_both_go_at_once() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "a1"], "", "");
    let drill = town.one("drain", "a1");
    assert_eq!(drill.verdict, Verdict::Down, "{:?}", said(&drill));
}

#[test]
fn two_budgets_protect_a_pod_from_every_eviction() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], "", "").budget("one", "api", "maxUnavailable: 1").budget("two", "api", "maxUnavailable: 1");
    let drill = town.one("drain", "a1");
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    assert!(drill.blocked[0].kubernetes_message.contains("more than one PodDisruptionBudget"), "{:?}", drill.blocked);
}

#[test]
fn kubectl_refuses_to_drain_pods_that_nobody_replaces() {
    let mut town = Town::new();
    town.zones(1).add("apiVersion: v1\nkind: Pod\nmetadata: {name: lonely, namespace: shop}\nspec: {nodeName: a1, containers: [{name: app, image: app}]}\nstatus: {phase: Running, conditions: [{type: Ready, status: \"True\"}]}");
    let refused = town.one("drain", "a1");
    assert_eq!(refused.verdict, Verdict::Stuck, "{:?}", said(&refused));
    let forced = town.with("drain", "a1", Request { force: true, ..Request::default() });
    assert_eq!((forced.verdict, forced.pods.lost), (Verdict::Down, 1), "{:?}", said(&forced));
}

#[test]
fn the_update_of_a_group_ends_where_a_node_cannot_be_drained() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1", "c1"], "", "").budget("all", "api", "minAvailable: 3");
    let drill = town.one("upgrade-nodegroup", "od");
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    assert!(drill.summary.contains("PodEvictionFailure after 0 of 3 nodes"), "{}", drill.summary);
    assert!(drill.timeline.iter().any(|it| it.event.starts_with("PodEvictionFailure") && it.t >= 900.0), "{:?}", drill.timeline);
    let forced = town.with("upgrade-nodegroup", "od", Request { force: true, ..Request::default() });
    assert_ne!(forced.verdict, Verdict::Stuck, "{:?}", said(&forced));
}

#[test]
fn the_update_of_a_group_moves_every_pod() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1", "c1"], "", "").budget("api", "api", "maxUnavailable: 1");
    let drill = town.one("upgrade-nodegroup", "od");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
    let api = workload(&drill, "Deployment shop/api");
    assert!(api.min_ready >= 2 && api.after == 3, "{api:?}");
    let old = drill.zones.iter().flat_map(|it| &it.nodes).filter(|it| ["a1", "b1", "c1"].contains(&it.name.as_str()));
    assert!(old.map(|it| it.pods.len()).sum::<usize>() == 0, "old nodes are empty");
}

const ANTI: &str = "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: api}}}]}}";

#[test]
fn a_rollout_without_a_free_node_hangs() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1", "c1"], ANTI, "strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}");
    let drill = town.one("rollout", "shop/api");
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    assert_eq!(workload(&drill, "Deployment shop/api").min_ready, 3, "the old pods go on serving");
    let row = drill.blocked.iter().find(|it| it.by == "affinity").expect("anti-affinity");
    assert!(row.patch.contains("preferredDuringScheduling") && row.value.contains("kubernetes.io/hostname"), "{row:?}");
}

#[test]
fn the_same_rollout_goes_where_one_pod_may_be_missing() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1", "c1"], ANTI, "strategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 0}}");
    let drill = town.one("rollout", "shop/api");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
    assert_eq!(workload(&drill, "Deployment shop/api").min_ready, 2);
}

#[test]
fn recreate_leaves_nobody_for_a_while() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], "", "strategy: {type: Recreate}");
    let drill = town.one("rollout", "shop/api");
    assert_eq!(drill.verdict, Verdict::Down, "{:?}", said(&drill));
}

#[test]
fn a_quota_that_is_full_refuses_the_surge() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], "", "strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}");
    town.add("apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: full, namespace: shop}\nspec: {hard: {pods: \"2\"}}");
    let drill = town.one("rollout", "shop/api");
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    let row = drill.blocked.iter().find(|it| it.by == "quota").expect("the quota");
    assert!(row.object == "ResourceQuota shop/full" && row.kubernetes_message.contains("exceeded quota: full"), "{row:?}");
}

#[test]
fn an_ordered_update_goes_pod_by_pod() {
    let mut town = Town::new();
    town.zones(1).stateful("db", &["a1", "b1", "c1"]);
    let drill = town.one("rollout", "shop/db");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
    assert_eq!(workload(&drill, "StatefulSet shop/db").min_ready, 2);
}

#[test]
fn an_update_that_takes_longer_than_anybody_waits_is_stuck() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], "", "");
    let mut latencies = Latencies::default();
    latencies.set("node-provision", 86_400_000).expect("a delay");
    let drill = town.with("upgrade-nodegroup", "od", Request { latencies, ..Request::default() });
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    assert!(drill.summary.contains("is not finished after 12 h, with 0 of 3 nodes done"), "{}", drill.summary);
}
