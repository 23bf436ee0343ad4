//! What is lost: zones, nodes, pods, Spot capacity, the cluster.

use seatrial_drill::{Loss, Request};
use seatrial_report::drill::{Fate, Verdict};

use crate::town::{Town, said, workload};

fn partition() -> Request {
    Request { loss: Loss::Partition, ..Request::default() }
}

#[test]
fn a_workload_over_three_zones_survives_the_loss_of_one() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1", "c1"], "", "");
    let drill = town.one("az", "a");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
    let api = workload(&drill, "Deployment shop/api");
    assert_eq!((api.before, api.min_ready, api.after, api.down_seconds), (3, 2, 3, 0.0));
    assert_eq!((drill.pods.kept, drill.pods.moved, drill.pods.lost, drill.pods.pending), (2, 1, 0, 0));
    assert!(
        drill.zones.iter().any(|it| it.name == "b") && drill.zones.iter().flat_map(|it| &it.nodes).flat_map(|it| &it.pods).any(|it| it.fate == Fate::Moved)
    );
}

#[test]
fn a_database_stays_down_with_the_zone_of_its_volume() {
    let mut town = Town::new();
    town.zones(1).stateful("db", &["a1"]);
    let drill = town.one("az", "a");
    assert_eq!(drill.verdict, Verdict::Down, "{:?}", said(&drill));
    assert!(drill.summary.contains("stays down until its zone returns"), "{}", drill.summary);
    let row = drill.blocked.first().expect("a blocker");
    assert_eq!((row.by.as_str(), row.object.as_str(), row.value.as_str()), ("volume", "PersistentVolume pv-db-0", "zone a"));
    assert!(row.kubernetes_message.starts_with("0/2 nodes are available"), "{}", row.kubernetes_message);
    assert!(drill.needs.is_empty(), "no further node in b or c would help: {:?}", drill.needs);
}

#[test]
fn the_loss_of_another_zone_is_nothing_to_the_database() {
    let mut town = Town::new();
    town.zones(1).stateful("db", &["a1"]);
    let drill = town.one("az", "b");
    assert_eq!((drill.verdict, drill.untouched), (Verdict::Survives, 1), "{:?}", said(&drill));
}

#[test]
fn hard_spreading_blocks_while_the_dead_zone_still_counts_and_not_when_its_nodes_are_gone() {
    let spread = "topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: api}}}]";
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1", "c1"], spread, "");
    let terminated = town.one("az", "a");
    assert_eq!(terminated.verdict, Verdict::Survives, "{:?}", said(&terminated));
    let cut_off = town.with("az", "a", partition());
    assert_eq!(cut_off.verdict, Verdict::Degraded, "{:?}", said(&cut_off));
    let row = cut_off.blocked.iter().find(|it| it.by == "spread").expect("spreading blocks");
    assert_eq!(row.field, "spec.template.spec.topologySpreadConstraints[0].whenUnsatisfiable");
    assert!(row.patch.contains("ScheduleAnyway"), "{}", row.patch);
}

#[test]
fn all_replicas_on_one_node_are_one_replica() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "a1", "a1"], "", "");
    let drill = town.one("node", "a1");
    assert_eq!(drill.verdict, Verdict::Down, "{:?}", said(&drill));
    let api = workload(&drill, "Deployment shop/api");
    assert!(api.min_ready == 0 && api.after == 3 && api.down_seconds > 60.0, "{api:?}");
    let other = town.one("node", "b1");
    assert_eq!(other.verdict, Verdict::Survives);
}

#[test]
fn required_anti_affinity_with_a_node_to_spare_is_no_problem() {
    let anti = "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: api}}}]}}";
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], anti, "");
    let drill = town.one("node", "a1");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
}

#[test]
fn too_little_room_is_counted_in_nodes() {
    let mut town = Town::new();
    for name in ["a1", "b1"] {
        town.node_with(name, &name[..1], "1", "eks.amazonaws.com/nodegroup: od", "");
    }
    town.deployment("api", &["a1", "a1", "b1", "b1"], "", "");
    let drill = town.one("node", "a1");
    assert_eq!(drill.verdict, Verdict::Degraded, "{:?}", said(&drill));
    assert_eq!((drill.pods.pending, drill.needs.len()), (2, 1));
    assert_eq!((drill.needs[0].node_group.as_str(), drill.needs[0].count), ("od", 1));
    let row = drill.blocked.iter().find(|it| it.by == "capacity").expect("capacity");
    assert_eq!((row.field.as_str(), row.value.as_str(), row.pods), ("spec.template.spec.containers[].resources.requests.cpu", "500m", 2));
}

#[test]
fn a_hung_node_keeps_a_stateful_pod_and_a_terminated_one_does_not() {
    let mut town = Town::new();
    town.zones(2).stateful("db", &["a1"]);
    let hung = town.with("node", "a1", partition());
    assert_eq!((hung.verdict, workload(&hung, "StatefulSet shop/db").after), (Verdict::Down, 0), "{:?}", said(&hung));
    let row = hung.blocked.iter().find(|it| it.by == "node").expect("the node");
    assert!(row.patch.contains("out-of-service"), "{}", row.patch);
    let gone = town.one("node", "a1");
    let db = workload(&gone, "StatefulSet shop/db");
    assert!(db.after == 1 && db.down_seconds >= 360.0, "its volume is let go after six minutes: {db:?}");
}

#[test]
fn the_worst_pair_is_the_one_that_holds_both_replicas() {
    let mut town = Town::new();
    town.zones(1).node("a2", "a").deployment("api", &["b1", "c1"], "", "");
    let drill = town.with("node", "", Request { worst_pair: true, ..Request::default() });
    assert_eq!((drill.target.as_str(), drill.verdict), ("b1+c1", Verdict::Down), "{:?}", said(&drill));
}

#[test]
fn one_pod_of_two_may_go_and_an_only_one_may_not() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], "", "").deployment("single", &["c1"], "", "");
    assert_eq!(town.one("pod", "shop/api-1-0").verdict, Verdict::Survives);
    let drill = town.one("pod", "shop/single-1-0");
    assert_eq!(drill.verdict, Verdict::Down);
    let down = workload(&drill, "Deployment shop/single").down_seconds;
    assert!((15.0..15.1).contains(&down), "as long as a pod takes to start: {down}");
}

#[test]
fn a_pod_of_its_own_is_lost_for_good() {
    let mut town = Town::new();
    town.zones(1).add("apiVersion: v1\nkind: Pod\nmetadata: {name: lonely, namespace: shop}\nspec: {nodeName: a1, containers: [{name: app, image: app}]}\nstatus: {phase: Running, conditions: [{type: Ready, status: \"True\"}]}");
    let drill = town.one("node", "a1");
    assert_eq!((drill.verdict, drill.pods.lost), (Verdict::Down, 1), "{:?}", said(&drill));
    assert!(drill.blocked.iter().any(|it| it.by == "owner"), "{:?}", drill.blocked);
}

fn with_spot() -> Town {
    let mut town = Town::new();
    for (name, zone) in [("s1", "a"), ("s2", "b")] {
        town.node_with(name, zone, "4", "eks.amazonaws.com/nodegroup: spot, eks.amazonaws.com/capacityType: SPOT", "");
    }
    town
}

#[test]
fn two_minutes_are_enough_where_there_is_room() {
    let mut town = with_spot();
    town.node("c1", "c").deployment("api", &["s1", "s2"], "", "").budget("api", "api", "maxUnavailable: 1");
    let drill = town.one("spot-wave", "");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
}

#[test]
fn two_minutes_are_nothing_where_there_is_none() {
    let mut town = with_spot();
    town.node_with("c1", "c", "250m", "eks.amazonaws.com/nodegroup: od", "").deployment("api", &["s1", "s2"], "", "");
    let drill = town.one("spot-wave", "");
    assert_eq!((drill.verdict, drill.pods.pending), (Verdict::Down, 2), "{:?}", said(&drill));
}

#[test]
fn what_has_no_copy_is_gone_with_the_cluster_unless_copies_were_not_read() {
    let mut town = Town::new();
    town.zones(1).stateful("db", &["a1"]);
    let open = town.one("cluster", "");
    assert_eq!(open.verdict, Verdict::Unknown, "{:?}", said(&open));
    for (version, kind) in [("snapshot.storage.k8s.io/v1", "VolumeSnapshotList"), ("argoproj.io/v1alpha1", "ApplicationList")] {
        town.add(&format!("apiVersion: {version}\nkind: {kind}\nitems: []"));
    }
    town.add("apiVersion: seatrial.dev/v1alpha1\nkind: Account\nsnapshots: []\nbackupPlans: []");
    let known = town.one("cluster", "");
    assert_eq!(known.verdict, Verdict::Down, "{:?}", said(&known));
    town.add("apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: {name: s, namespace: shop}\nspec: {source: {persistentVolumeClaimName: data-db-0}}\nstatus: {readyToUse: true, creationTime: \"2026-11-24T06:00:00Z\"}");
    town.add("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, namespace: argocd}\nspec: {destination: {namespace: shop}}");
    let copied = town.one("cluster", "");
    assert_eq!(copied.verdict, Verdict::Degraded, "{:?}", said(&copied));
    assert!(copied.summary.contains("up to 6 h of data"), "{}", copied.summary);
    assert_eq!(town.one("region", "").verdict, Verdict::Down, "no plan copies it to another region");
}
