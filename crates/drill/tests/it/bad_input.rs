//! Inputs with gaps and contradictions: never a panic, never a silent optimistic answer.

use seatrial_drill::{Latencies, NodeSet, Refusal, Request, World, overview, set_latency};
use seatrial_model::Scope;
use seatrial_report::drill::Verdict;
use seatrial_testkit::Fixture;

use crate::town::{Town, said};

#[test]
fn without_nodes_there_is_no_answer() {
    let refusal = Town::new().world().expect_err("no nodes");
    assert!(matches!(refusal, Refusal::Unanswerable { .. }) && !refusal.help().is_empty(), "{refusal:?}");
}

#[test]
fn budgets_that_were_not_read_leave_a_drain_open() {
    let mut town = Town::unread();
    town.zones(1).deployment("api", &["a1", "b1"], "", "");
    let drill = town.one("drain", "a1");
    assert_eq!(drill.verdict, Verdict::Unknown, "{:?}", said(&drill));
    let answer = town.drill("drain", &Request { each: true, seeds: 1, ..Request::default() });
    assert!(answer.assumptions.iter().any(|it| it.contains("poddisruptionbudgets were not read") && it.contains("kubectl get")), "{:?}", answer.assumptions);
}

#[test]
fn a_volume_that_was_not_read_leaves_its_workload_open() {
    let mut town = Town::new();
    town.zones(1).stateful("db", &["a1"]);
    let mut lost = Town::new();
    lost.zones(1).add("apiVersion: v1\nkind: Pod\nmetadata: {name: db-0, namespace: shop, labels: {app: db}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: x, controller: true}]}\nspec: {nodeName: a1, containers: [{name: db, image: db}], volumes: [{name: data, persistentVolumeClaim: {claimName: data-db-0}}]}\nstatus: {phase: Running, conditions: [{type: Ready, status: \"True\"}]}");
    let drill = lost.one("az", "a");
    assert_eq!(drill.verdict, Verdict::Unknown, "{:?}", said(&drill));
    assert!(drill.workloads[0].reason.contains("claim shop/data-db-0 was not read"), "{}", drill.workloads[0].reason);
    assert_eq!(town.one("az", "a").verdict, Verdict::Down, "known, it is known to stay down");
}

#[test]
fn nodes_without_allocatable_take_no_pods_and_prove_nothing() {
    let mut town = Town::new();
    town.node("a1", "a");
    town.add("apiVersion: v1\nkind: Node\nmetadata: {name: b1, labels: {topology.kubernetes.io/zone: b}}");
    town.deployment("api", &["a1"], "", "").deployment("two", &["a1", "b1"], "", "");
    let drill = town.one("node", "a1");
    assert!(matches!(drill.verdict, Verdict::Down | Verdict::Unknown), "{:?}", said(&drill));
    let other = town.one("node", "b1");
    assert_eq!(other.verdict, Verdict::Unknown, "{:?}", said(&other));
}

#[test]
fn owners_that_the_simulation_does_not_know_are_not_guessed_at() {
    let mut town = Town::new();
    town.zones(1).add("apiVersion: v1\nkind: Pod\nmetadata: {name: kafka-0, namespace: shop, ownerReferences: [{apiVersion: core.strimzi.io/v1beta2, kind: StrimziPodSet, name: kafka, uid: x, controller: true}]}\nspec: {nodeName: a1, containers: [{name: k, image: k}]}\nstatus: {phase: Running, conditions: [{type: Ready, status: \"True\"}]}");
    let drill = town.one("node", "a1");
    assert_eq!(drill.verdict, Verdict::Unknown, "{:?}", said(&drill));
    assert!(drill.workloads[0].reason.contains("StrimziPodSet"), "{}", drill.workloads[0].reason);
}

#[test]
fn contradictions_and_limits_do_not_end_the_program() {
    let mut town = Town::new();
    town.zones(1);
    town.node_with("huge", "a", "9223372036854775807", "x: y", "{unschedulable: true}");
    town.node_with("nothing", "b", "-5", "x: y", "");
    // On a node that is not there, owned by a set that is not there, twice the same name, more than every machine.
    for (name, node, cpu) in [("ghost", "nowhere", "1"), ("ghost", "a1", "1"), ("giant", "b1", "9223372036854775807"), ("minus", "c1", "-1")] {
        town.add(&format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{app: x}}, ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: gone-1, uid: x, controller: true}}]}}\nspec: {{nodeName: {node}, containers: [{{name: c, image: c, resources: {{requests: {{cpu: \"{cpu}\", memory: 9000Pi}}}}}}]}}\nstatus: {{phase: Running, conditions: [{{type: Ready, status: \"True\"}}]}}"));
    }
    town.deployment("api", &["a1", "missing"], "", "").budget("odd", "api", "minAvailable: \"150%\"").budget("none", "nobody", "maxUnavailable: 1");
    town.add("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: endless, namespace: shop}\nspec: {replicas: 2147483647, selector: {matchLabels: {app: e}}, template: {metadata: {labels: {app: e}}, spec: {containers: [{name: c, image: c}]}}}");
    let mut world = town.world().expect("a world");
    let answer = overview(&mut world, &Request { seeds: 2, ..Request::default() });
    assert!(!answer.drills.is_empty());
    assert!(answer.assumptions.iter().any(|it| it.contains("ask for amounts that no machine has")), "{:#?}", answer.assumptions);
}

#[test]
fn manifests_need_nodes_and_get_those_that_are_described() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: shop}\nspec: {replicas: 3, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: c, image: c, resources: {requests: {cpu: 500m, memory: 1Gi}}}]}}}";
    let mut snapshot = Fixture::new(text).snapshot;
    snapshot.note_gaps();
    let refusal = World::of(&snapshot, None, None, &Latencies::default()).expect_err("manifests have no nodes");
    assert!(refusal.help().contains("--nodes 3x3xm6i.xlarge"), "{}", refusal.help());
    let set = NodeSet::parse("3x1xm6i.large").expect("a node set");
    let mut world = World::of(&snapshot, Some(&set), None, &Latencies::default()).expect("a world");
    assert_eq!((world.state.node_count(), world.lives.len()), (3, 3));
    let answer = overview(&mut world, &Request { seeds: 1, ..Request::default() });
    let az: Vec<Verdict> = answer.drills.iter().filter(|it| it.drill == "az").map(|it| it.verdict).collect();
    assert_eq!(az, [Verdict::Survives; 3], "{:?}", answer.drills.iter().map(said).collect::<Vec<_>>());
    assert!(answer.assumptions.iter().any(|it| it.contains("3 pods of 1 workloads were made from the manifests")), "{:#?}", answer.assumptions);
}

#[test]
fn described_nodes_have_the_labels_that_kubelets_set_and_manifests_in_a_dump_run_on_them() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: old, namespace: shop}\nspec: {replicas: 3, selector: {matchLabels: {app: old}}, template: {metadata: {labels: {app: old}}, spec: {nodeSelector: {beta.kubernetes.io/os: linux, beta.kubernetes.io/arch: amd64}, containers: [{name: c, image: c}]}}}";
    for scope in [Scope::Manifests, Scope::Cluster] {
        let mut snapshot = Fixture::new(text).snapshot;
        snapshot.meta.scope = scope;
        snapshot.note_gaps();
        let set = NodeSet::parse("3x1xm6i.large").expect("a node set");
        let world = World::of(&snapshot, Some(&set), None, &Latencies::default()).expect("a world");
        assert_eq!((world.lives.len(), world.units[0].before), (3, 3), "{scope:?}: {:#?}", world.assumptions);
    }
}

#[test]
fn node_sets_that_make_no_sense_are_refused_with_the_way_out() {
    for text in ["", "3", "3x3", "0x3xm6i.large", "3x3xnothing.large", "9x1xm6i.large", "3x99999xm6i.large", "-1x3xm6i.large", "axbxc"] {
        let refusal = NodeSet::parse(text).expect_err(text);
        assert!(matches!(refusal, Refusal::Usage { .. }) && refusal.help().contains("3x3xm6i.xlarge"), "{text}: {refusal:?}");
    }
}

#[test]
fn names_that_are_not_there_are_refused_with_those_that_are() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], "", "");
    let mut world = town.world().expect("a world");
    for (drill, target, known) in [
        ("az", "z", "a, b, c"),
        ("node", "n9", "a1"),
        ("drain", "n9", "a1"),
        ("pod", "shop/none", "shop/"),
        ("rollout", "shop/none", "shop/api"),
        ("scale", "none", "shop/api"),
        ("upgrade-nodegroup", "none", "od"),
    ] {
        let request = Request { targets: vec![target.to_owned()], ..Request::default() };
        let refusal = seatrial_drill::rehearse(&mut world, seatrial_drill::find(drill).expect("a drill"), &request).expect_err(drill);
        assert!(refusal.help().contains(known), "{drill}: {refusal:?}");
        let nothing = seatrial_drill::rehearse(&mut world, seatrial_drill::find(drill).expect("a drill"), &Request::default()).expect_err(drill);
        assert!(!nothing.help().is_empty(), "{drill}");
    }
}

#[test]
fn latencies_are_overridden_by_name_and_slips_are_told() {
    let mut latencies = Latencies::default();
    for (text, ok) in [
        ("pod-start=30", true),
        ("node-unknown=40", true),
        ("pod-start=-1", false),
        ("pod-start", false),
        ("nothing=1", false),
        ("pod-start=soon", false),
        ("pod-start=1e9", false),
    ] {
        assert_eq!(set_latency(&mut latencies, text).is_ok(), ok, "{text}");
    }
    assert_eq!(latencies.overridden().iter().map(|it| (*it.0, *it.1)).collect::<Vec<_>>(), [("node-unknown", 40_000), ("pod-start", 30_000)]);
}

#[test]
fn of_objects_that_are_there_more_than_once_the_last_counts() {
    let deployment = |replicas: u32| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api, namespace: shop}}\nspec: {{replicas: {replicas}, selector: {{matchLabels: {{app: api}}}}, template: {{metadata: {{labels: {{app: api}}}}, spec: {{containers: [{{name: c, image: c, resources: {{requests: {{cpu: 500m, memory: 64Mi}}}}}}]}}}}}}"
        )
    };
    let job =
        "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: load-, namespace: shop}\nspec: {template: {spec: {containers: [{name: c, image: c}]}}}";
    let mut snapshot = Fixture::new(&[&deployment(7), job, &deployment(2), job, &deployment(3)].join("\n---\n")).snapshot;
    snapshot.note_gaps();
    let set = NodeSet::parse("3x1xm6i.large").expect("a node set");
    let mut world = World::of(&snapshot, Some(&set), None, &Latencies::default()).expect("a world");
    assert_eq!(world.lives.len(), 3, "three pods, as the last one says");
    let request = Request { targets: vec!["shop/api".to_owned()], seeds: 1, ..Request::default() };
    let answer = seatrial_drill::rehearse(&mut world, seatrial_drill::find("rollout").expect("a drill"), &request).expect("an answer");
    assert_eq!(answer.drills[0].verdict, Verdict::Survives, "{:?}", said(&answer.drills[0]));
    let expected = "2 objects are among the inputs more than once, such as Deployment shop/api: the last of each is taken";
    assert!(answer.assumptions.iter().any(|it| it.starts_with(expected)), "{:#?}", answer.assumptions);
}

#[test]
fn a_rehearsal_that_does_not_come_to_rest_is_unknown_and_ends() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], "", "");
    let mut world = town.world().expect("a world");
    // Two Deployments over one ReplicaSet, which no input can tell any more.
    let mut other = world.rollings[0].clone();
    other.rollout.replicas = 5;
    world.facts.rollings.push(other);
    let request = Request { targets: vec!["a".to_owned()], seeds: 1, ..Request::default() };
    let answer = seatrial_drill::rehearse(&mut world, seatrial_drill::find("az").expect("a drill"), &request).expect("an answer");
    let drill = &answer.drills[0];
    assert_eq!(drill.verdict, Verdict::Unknown, "{:?}", said(drill));
    assert!(drill.summary.contains("ReplicaSet shop/api-1 does not come to rest"), "{}", drill.summary);
}

#[test]
fn an_overview_of_many_nodes_draws_the_worst_only() {
    let mut town = Town::new();
    town.zones(20).deployment("api", &["a1", "b1"], "", "");
    let mut world = town.world().expect("a world");
    let answer = overview(&mut world, &Request { seeds: 1, ..Request::default() });
    let drawn: usize = answer.drills.iter().flat_map(|it| &it.zones).map(|it| it.nodes.len()).sum();
    assert!((1_000..=2_000).contains(&drawn), "{drawn} nodes are drawn");
    let without = answer.drills.iter().filter(|it| it.zones.is_empty()).count();
    assert!(answer.assumptions.iter().any(|it| it.contains(" have no picture of their nodes here") && !it.starts_with("0 ")), "{without}");
    assert!(without > 60, "60 nodes are lost and drained, one after the other: {without}");
}
