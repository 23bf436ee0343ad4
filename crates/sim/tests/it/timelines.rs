//! Golden timelines: what follows the death of a node or a zone, and when, to the second.

use seatrial_model::{Labels, Meta, Object};
use seatrial_sim::NodeId;
use seatrial_sim::controllers::rehearsal::{DrainFlags, Rehearsal, SetPolicy};
use serde_json::json;

use crate::town::{budget, deployment, find, first, set, settle, spec, times, town, until};

/// Kubelet's last renewal to Ready=Unknown, to the first NoExecute taint.
const UNKNOWN: i64 = 46_000;
const TAINTED: i64 = UNKNOWN + 100;

fn zone(town: &Rehearsal, zone: &str) -> Vec<NodeId> {
    town.state.node_ids().filter(|it| town.state.node_name(*it).starts_with(zone)).collect()
}

/// A StatefulSet of one pod with a volume of its own that is in one zone.
fn database(town: &mut Rehearsal) -> usize {
    let class = serde_json::from_value(json!({"provisioner": "ebs.csi.aws.com", "volumeBindingMode": "WaitForFirstConsumer"})).expect("a class");
    town.state.put_storage_class("gp3", class);
    let more = json!({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]});
    let set = set(town, "StatefulSet", "db", 1, spec("500m", more));
    let template = json!({"metadata": {"name": "data"}, "spec": {"storageClassName": "gp3", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    let claims = vec![serde_json::from_value(template).expect("a claim template")];
    town.policies.insert(set, SetPolicy { claims, ..SetPolicy::default() });
    set
}

fn place_of(town: &Rehearsal, pod: &str) -> Option<NodeId> {
    town.state.node_of(town.state.find_pod("shop", pod)?)
}

#[test]
fn a_hung_node_loses_its_pods_after_five_minutes_and_six() {
    let mut town = town(&["a"], 4, "4");
    deployment(
        &mut town,
        "api",
        4,
        spec(
            "1",
            json!({"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": {"app": "api"}}}]}),
        ),
    );
    settle(&mut town);
    let dead = find(&town, "a0");
    town.lose(&[dead]);
    until(&mut town, 400_000);
    assert_eq!(times(&town, "NodeNotReady", "a0"), [UNKNOWN]);
    assert_eq!(times(&town, "NodeTainted", "a0"), [TAINTED]);
    assert_eq!(times(&town, "PodTerminating", "api"), [TAINTED + 300_000]);
    let ready = times(&town, "PodReady", "api");
    assert!(ready[0] > TAINTED + 302_000 && ready[0] < TAINTED + 302_100, "{ready:?}");
    // The kubelet that would end the old pod is dead: its object stays.
    assert_eq!(times(&town, "PodDeleted", "api"), Vec::<i64>::new());
    assert_eq!(town.ready_over_time(0).iter().map(|it| it.1).collect::<Vec<_>>(), [0, 4, 3, 4]);
}

#[test]
fn a_terminated_instance_is_recovered_from_in_two_minutes() {
    let mut town = town(&["a"], 4, "4");
    deployment(&mut town, "api", 4, spec("1", json!({})));
    settle(&mut town);
    let dead = place_of(&town, "api-made0").expect("placed");
    town.terminate_instances(&[dead]);
    until(&mut town, 200_000);
    // The cloud is asked once the node is not ready; garbage collection sees the node missing at the next round of 20 s and waits 40 s.
    assert_eq!(times(&town, "NodeDeleted", ""), [UNKNOWN + 5000]);
    let deleted = times(&town, "PodForceDeleted", "api");
    assert!(!deleted.is_empty() && deleted.iter().all(|it| *it == 100_000), "{deleted:?}");
    assert!(times(&town, "PodReady", "api").iter().all(|it| *it < 120_000));
    assert_eq!(town.available(0), 4);
}

#[test]
fn a_dead_zone_is_evicted_one_node_in_ten_seconds() {
    let mut town = town(&["a", "b", "c"], 12, "4");
    deployment(
        &mut town,
        "api",
        36,
        spec(
            "2",
            json!({"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "api"}}}]}),
        ),
    );
    settle(&mut town);
    let dead = zone(&town, "b");
    town.lose(&dead);
    until(&mut town, 600_000);
    let tainted = times(&town, "NodeTainted", "b");
    assert_eq!(tainted, (0..12).map(|at| TAINTED + at * 10_000).collect::<Vec<_>>());
    // Measured on a real control plane: the last taint at 156.6 s, each pod 300.0 s after its own node's.
    assert_eq!(tainted[11], 156_100);
    assert_eq!(times(&town, "PodTerminating", "api"), tainted.iter().map(|it| it + 300_000).collect::<Vec<_>>());
}

#[test]
fn a_zone_that_is_lost_in_part_stops_after_the_first_node() {
    let mut town = town(&["a", "b"], 5, "4");
    deployment(&mut town, "api", 10, spec("1", json!({})));
    settle(&mut town);
    let dead: Vec<NodeId> = zone(&town, "a").into_iter().take(3).collect();
    town.lose(&dead);
    until(&mut town, 900_000);
    assert_eq!(times(&town, "NodeTainted", ""), [TAINTED], "three of five are 60 %: only the limiter's burst goes through");
    assert_eq!(times(&town, "EvictionStopped", ""), [UNKNOWN]);
}

#[test]
fn a_cluster_that_is_lost_whole_is_not_evicted() {
    let mut town = town(&["a", "b"], 2, "4");
    deployment(&mut town, "api", 4, spec("1", json!({})));
    settle(&mut town);
    let dead: Vec<NodeId> = town.state.node_ids().collect();
    town.lose(&dead);
    until(&mut town, 900_000);
    // Two zones, each with its burst: as measured.
    assert_eq!(times(&town, "NodeTainted", "").len(), 2);
}

#[test]
fn a_database_on_a_hung_node_never_moves_by_itself() {
    let mut town = town(&["a"], 2, "4");
    let set = database(&mut town);
    settle(&mut town);
    let dead = place_of(&town, "db-0").expect("placed");
    town.lose(&[dead]);
    until(&mut town, 3_600_000);
    assert_eq!(times(&town, "PodTerminating", "db-0"), [TAINTED + 300_000]);
    assert_eq!(times(&town, "PodDeleted", "db-0"), Vec::<i64>::new(), "an hour later it is still terminating");
    assert_eq!(town.available(set), 0);
    // Somebody declares the node out of service: garbage collection's next round, the volume at once, and the pod elsewhere.
    town.declare_out_of_service(&[dead]);
    until(&mut town, 3_640_000);
    assert_eq!(times(&town, "PodForceDeleted", "db-0"), [3_620_000]);
    assert_eq!(times(&town, "VolumeDetached", "data-db-0"), [3_625_000]);
    // Freed, attached (5 s), started (2 s).
    assert_eq!(times(&town, "PodReady", "db-0"), [3_632_000]);
    assert_ne!(place_of(&town, "db-0"), Some(dead));
}

#[test]
fn a_volume_of_a_terminated_instance_is_given_up_after_six_minutes() {
    let mut town = town(&["a"], 2, "4");
    database(&mut town);
    settle(&mut town);
    let dead = place_of(&town, "db-0").expect("placed");
    town.terminate_instances(&[dead]);
    until(&mut town, 900_000);
    assert_eq!(times(&town, "PodForceDeleted", "db-0"), [100_000]);
    let waits = first(&town, "PodWaitsForVolume", "db-0").expect("the new pod waits");
    assert!(waits.cause.contains("still attached to node"), "{}", waits.cause);
    assert_eq!(times(&town, "VolumeDetached", "data-db-0"), [100_000 + 360_000 + 5000]);
    assert_eq!(times(&town, "PodReady", "db-0"), [100_000 + 360_000 + 5000 + 5000 + 2000]);
}

#[test]
fn a_volume_never_leaves_its_zone() {
    let mut town = town(&["a", "b"], 1, "4");
    let set = database(&mut town);
    settle(&mut town);
    let dead = place_of(&town, "db-0").expect("placed");
    town.terminate_instances(&[dead]);
    until(&mut town, 3_600_000);
    assert_eq!(place_of(&town, "db-0"), None);
    assert_eq!(town.available(set), 0);
    let why = first(&town, "FailedScheduling", "db-0").expect("it is tried");
    assert!(why.cause.contains("volume node affinity conflict") || why.cause.contains("PersistentVolume's node affinity"), "{}", why.cause);
}

#[test]
fn a_partition_that_heals_gives_everything_back() {
    let mut town = town(&["a"], 2, "4");
    database(&mut town);
    deployment(&mut town, "api", 2, spec("1", json!({})));
    settle(&mut town);
    let dead = place_of(&town, "db-0").expect("placed");
    town.lose(&[dead]);
    until(&mut town, 120_000);
    assert_eq!(town.available(0), 0);
    town.revive(&[dead]);
    until(&mut town, 600_000);
    assert_eq!((town.available(0), town.available(1)), (1, 2));
    assert_eq!(times(&town, "PodTerminating", ""), Vec::<i64>::new(), "the taint went before its five minutes");
}

#[test]
fn a_claim_that_was_there_is_not_made_again() {
    let mut town = town(&["a"], 1, "4");
    let claim = serde_json::from_value(json!({"spec": {"storageClassName": "gp3", "accessModes": ["ReadWriteMany"]}})).expect("a claim");
    let meta = Meta { name: "data-db-0".into(), namespace: Some("shop".into()), labels: Labels::default(), ..Meta::default() };
    town.state.put_claim(&Object { api_version: "v1".into(), kind: "PersistentVolumeClaim".into(), meta, origin: None, it: claim });
    database(&mut town);
    settle(&mut town);
    let pod = town.state.find_pod("shop", "db-0").expect("made");
    assert!(town.state.exclusive_claims(pod).is_empty(), "the claim that all may share was kept");
}

#[test]
fn controllers_that_undo_each_others_work_end_the_rehearsal() {
    let mut town = town(&["a"], 1, "8");
    let one = deployment(&mut town, "api", 2, spec("100m", json!({})));
    settle(&mut town);
    // Two Deployments of one name: each gives the ReplicaSet another size.
    let mut other = town.rollouts[one].clone();
    other.replicas = 4;
    town.rollouts.push(other);
    town.touch();
    until(&mut town, 12 * 3_600_000);
    let why = town.runaway().expect("it does not come to rest");
    assert!(why.contains("ReplicaSet shop/api"), "{why}");
    assert_eq!(town.next_at(), None);
}

#[test]
fn retries_without_a_pause_end_the_rehearsal() {
    let mut town = town(&["a"], 1, "8");
    deployment(&mut town, "api", 2, spec("100m", json!({})));
    budget(&mut town, "api", 2);
    settle(&mut town);
    town.latencies.set("eviction-retry", 0).expect("a delay");
    let node = find(&town, "a0");
    town.drain(node, DrainFlags { ignore_daemonsets: true, delete_emptydir_data: true, force: true, timeout: None });
    until(&mut town, 3_600_000);
    assert!(town.runaway().is_some());
}
