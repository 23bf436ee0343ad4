//! What grows: workloads, and the jobs of one minute.

use seatrial_drill::Request;
use seatrial_report::drill::{Drill, Verdict};

use crate::town::{Town, said};

fn times(n: u32) -> Request {
    Request { times: Some(n), ..Request::default() }
}

#[test]
fn a_workload_grows_while_there_is_room_and_no_further() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1", "c1"], "", "");
    let fits = town.with("scale", "shop/api", times(8));
    assert_eq!(fits.verdict, Verdict::Survives, "24 pods of 500m on 12 cores: {:?}", said(&fits));
    let tight = town.with("scale", "shop/api", times(9));
    assert_eq!((tight.verdict, tight.pods.pending), (Verdict::Stuck, 3), "{:?}", said(&tight));
    assert_eq!(tight.needs.iter().map(|it| it.count).sum::<u64>(), 1, "{:?}", tight.needs);
}

#[test]
fn an_autoscalers_maximum_is_what_must_fit() {
    let mut town = Town::new();
    town.zones(1).deployment("api", &["a1", "b1"], "", "");
    town.add("apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: api, namespace: shop}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}, minReplicas: 2, maxReplicas: 40}");
    let drill = town.with("scale", "", Request { each: true, ..Request::default() });
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    assert!(drill.summary.contains("24 of 40 pods"), "{}", drill.summary);
}

fn job(name: &str, schedule: &str, cpu: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: {name}, namespace: batch}}\nspec:\n  schedule: \"{schedule}\"\n  jobTemplate:\n    spec:\n      template:\n        spec: {{restartPolicy: Never, containers: [{{name: job, image: job, resources: {{requests: {{cpu: {cpu}}}}}}}]}}"
    )
}

#[test]
fn jobs_of_one_minute_need_room_at_the_same_time() {
    let mut town = Town::new();
    town.node("a1", "a");
    town.add(&job("report", "0 2 * * *", "3")).add(&job("backup", "0 2 * * 0", "3"));
    let drill = town.one("cron", "");
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    assert!(drill.summary.starts_with("2 CronJobs start 2 pods together"), "{}", drill.summary);
}

#[test]
fn jobs_that_never_meet_do_not_compete() {
    let mut town = Town::new();
    town.node("a1", "a");
    town.add(&job("report", "0 2 * * *", "3")).add(&job("backup", "30 2 * * *", "3"));
    let drill = town.one("cron", "");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
}

/// A group of one zone that may have four nodes, and Cluster Autoscaler.
pub fn grown_by_groups() -> Town {
    let mut town = Town::new();
    town.node("a1", "a").deployment("api", &["a1"], "", "");
    grows(&mut town, "");
    town
}

/// Cluster Autoscaler, with these fields of its pods, and what it may do.
fn grows<'a>(town: &'a mut Town, pod: &str) -> &'a mut Town {
    grows_by(town, 1, pod)
}

fn grows_by<'a>(town: &'a mut Town, replicas: u32, pod: &str) -> &'a mut Town {
    town.add(&format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: cluster-autoscaler, namespace: kube-system}}\nspec: {{replicas: {replicas}, selector: {{matchLabels: {{app: ca}}}}, template: {{metadata: {{labels: {{app: ca}}}}, spec: {{{pod}containers: [{{name: ca, image: \"registry.k8s.io/autoscaling/cluster-autoscaler:v1.34.1\"}}]}}}}}}"));
    town.add("apiVersion: seatrial.dev/v1alpha1\nkind: Account\nnodeGroups: [{name: od, status: ACTIVE, capacityType: ON_DEMAND, instanceTypes: [m6i.xlarge], minSize: 1, maxSize: 4, desiredSize: 1}]")
}

/// A pool of one zone that may have eight cores.
pub fn grown_by_pools() -> Town {
    let mut town = Town::new();
    town.node_with("a1", "a", "4", "karpenter.sh/nodepool: general, karpenter.sh/capacity-type: on-demand", "").deployment("api", &["a1"], "", "");
    town.add("apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: general}\nspec: {limits: {cpu: \"8\"}, template: {spec: {requirements: []}}}");
    town
}

#[test]
fn cluster_autoscaler_adds_nodes_up_to_the_groups_maximum() {
    let fits = grown_by_groups().with("scale", "shop/api", times(20));
    assert_eq!(fits.verdict, Verdict::Survives, "{:?}", said(&fits));
    assert!(fits.summary.contains("Cluster Autoscaler adds 2 nodes (m6i.xlarge in a), Ready after 1 m 10 s") && fits.needs.is_empty(), "{}", fits.summary);
    assert_eq!(fits.timeline.iter().filter(|it| it.event == "a new node is Ready").count(), 2, "{:#?}", fits.timeline);
    let tight = grown_by_groups().with("scale", "shop/api", times(40));
    assert_eq!((tight.verdict, tight.pods.pending), (Verdict::Stuck, 8), "{:?}", said(&tight));
    assert!(tight.summary.contains("adds 3 nodes") && tight.summary.contains("needs 1 x m6i.xlarge in a"), "{}", tight.summary);
}

#[test]
fn karpenter_adds_nodes_up_to_the_pools_limits() {
    let fits = grown_by_pools().with("scale", "shop/api", times(16));
    assert_eq!(fits.verdict, Verdict::Survives, "{:?}", said(&fits));
    assert!(fits.summary.contains("Karpenter adds 1 node (m6i.xlarge in a), Ready after 1 m 1 s"), "{}", fits.summary);
    let tight = grown_by_pools().with("scale", "shop/api", times(24));
    assert_eq!((tight.verdict, tight.pods.pending), (Verdict::Stuck, 8), "{:?}", said(&tight));
}

/// Cluster Autoscaler twice, two groups, and a pod that waits for room in the second one.
fn waits_for_another_group() -> Town {
    let mut town = Town::new();
    town.node("a1", "a").node("a2", "a");
    town.node_with("x1", "a", "1", "eks.amazonaws.com/nodegroup: extra, pool: extra", "");
    town.deployment("api", &["a1", "a2"], "", "").deployment("large", &["x1", "x1"], "nodeSelector: {pool: extra}", "");
    town.add("apiVersion: v1\nkind: Pod\nmetadata: {name: waits, namespace: shop}\nspec: {nodeSelector: {pool: extra}, containers: [{name: app, image: app, resources: {requests: {cpu: 500m}}}]}\nstatus: {phase: Pending}");
    grows_by(&mut town, 2, "");
    town
}

#[test]
fn other_groups_grow_while_one_is_updated() {
    let mut town = waits_for_another_group();
    let two = "nodeGroups: [{name: od, status: ACTIVE, minSize: 1, maxSize: 9, desiredSize: 2}, {name: extra, status: ACTIVE, minSize: 1, maxSize: 2, desiredSize: 1}]";
    town.add(&format!("apiVersion: seatrial.dev/v1alpha1\nkind: Account\n{two}"));
    let drill = town.one("upgrade-nodegroup", "od");
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
    assert!(drill.summary.starts_with("Node group od is updated in about"), "{}", drill.summary);
    assert!(drill.summary.contains("Cluster Autoscaler adds 1 node (m6i.xlarge in a), Ready after 1 m 10 s"), "{}", drill.summary);
    let ordered: Vec<&str> = drill.timeline.iter().filter(|it| it.event.ends_with("is ordered")).map(|it| it.object.as_str()).collect();
    assert!(ordered.len() == 1 && ordered[0].starts_with("Node extra-new"), "what the update itself adds is EKS's: {ordered:?}");
}

#[test]
fn the_updated_group_grows_when_its_update_has_ended() {
    let mut town = Town::new();
    town.node("a1", "a").deployment("api", &["a1"], "", "");
    for name in ["p", "q", "r", "s", "t"] {
        town.add(&format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{containers: [{{name: app, image: app, resources: {{requests: {{cpu: \"3\"}}}}}}]}}\nstatus: {{phase: Pending}}"));
    }
    let drill = grows_by(&mut town, 2, "").one("upgrade-nodegroup", "od");
    let at = |event: &str| drill.timeline.iter().filter(|it| it.event.contains(event)).map(|it| it.t).collect::<Vec<f64>>();
    let (ended, ordered) = (at("drained and taken away"), at("is ordered"));
    assert!(ended.len() == 1 && !ordered.is_empty(), "{:#?}", drill.timeline);
    assert!(ordered.iter().all(|it| *it > ended[0]), "{ordered:?} after {ended:?}");
}

#[test]
fn a_lost_node_is_replaced_where_somebody_adds_nodes() {
    let drill = grown_by_groups().one("node", "a1");
    let ends = |drill: &Drill| drill.workloads.iter().map(|it| (it.after, it.before)).collect::<Vec<_>>();
    assert_eq!(ends(&drill), [(0, 1), (0, 1)], "it ran on the node that is lost, and nobody adds one for it: {:?}", said(&drill));
    assert!(drill.summary.contains("no node is added by Cluster Autoscaler: none of its own pods runs"), "{}", drill.summary);
    let mut apart = Town::new();
    apart.node("a1", "a").deployment("api", &["a1"], "", "");
    apart.node_with("s1", "a", "4", "eks.amazonaws.com/nodegroup: system, role: system", "{taints: [{key: system, effect: NoSchedule}]}");
    let drill = grows(&mut apart, "nodeSelector: {role: system}, tolerations: [{operator: Exists}], ").one("node", "a1");
    assert_eq!(ends(&drill), [(1, 1)], "{:?}", said(&drill));
    assert!(drill.summary.contains("Cluster Autoscaler adds 1 node"), "{}", drill.summary);
}

#[test]
fn an_autoscaler_without_a_ready_pod_adds_nothing() {
    let mut town = Town::new();
    town.node("a1", "a").deployment("api", &["a1"], "", "");
    let answer = grows_by(&mut town, 0, "").drill("scale", &Request { targets: vec!["shop/api".to_owned()], ..times(20) });
    assert_eq!(answer.drills[0].verdict, Verdict::Stuck, "{:?}", said(&answer.drills[0]));
    assert!(!answer.drills[0].summary.contains("adds"), "{}", answer.drills[0].summary);
    let said = "Deployment kube-system/cluster-autoscaler has no Ready pod: it adds no node";
    assert!(answer.assumptions.iter().any(|it| it == said), "{:#?}", answer.assumptions);
}
