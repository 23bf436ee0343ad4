//! Autoscalers of workloads: what they add for a load that grows, what they take away, and when they leave the number alone.

use seatrial_drill::{Loss, Request};
use seatrial_report::drill::{Answer, Drill, Verdict};

use crate::town::{Town, said, workload};

/// Three zones of two nodes, `shop/api` with so many pods, and its autoscaler at 60 % of cpu.
pub fn scaled(pods: usize, bounds: &str, status: &str) -> Town {
    let mut town = Town::new();
    let nodes: Vec<&str> = ["a1", "b1", "c1"].into_iter().cycle().take(pods).collect();
    town.zones(2).deployment("api", &nodes, "", "");
    hpa(&mut town, "Deployment", bounds, "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]", status);
    town
}

fn hpa(town: &mut Town, kind: &str, bounds: &str, rest: &str, status: &str) {
    town.add(&format!(
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: api, namespace: shop}}\nspec: {{scaleTargetRef: {{apiVersion: apps/v1, kind: {kind}, name: api}}, {bounds}, {rest}}}\nstatus: {{{status}}}"
    ));
}

/// What the metrics API showed: each pod at so many percent of its request.
pub fn at(percent: u32) -> String {
    format!("currentMetrics: [{{type: Resource, resource: {{name: cpu, current: {{averageUtilization: {percent}, averageValue: 100m}}}}}}]")
}

fn times(n: u32) -> Request {
    Request { times: Some(n), ..Request::default() }
}

/// Seconds, steps and causes of the autoscaler.
fn steps(drill: &Drill) -> Vec<(f64, &str, &str)> {
    drill.timeline.iter().filter(|it| it.event.starts_with("HPA ")).map(|it| (it.t, it.event.as_str(), it.cause.as_str())).collect()
}

fn az(town: &Town) -> (Answer, Drill) {
    let mut answer = town.drill("az", &Request { targets: vec!["a".into()], seeds: 1, ..Request::default() });
    let drill = answer.drills.remove(0);
    (answer, drill)
}

#[test]
fn three_times_the_load_is_followed_in_steps() {
    let drill = scaled(3, "minReplicas: 3, maxReplicas: 12", "").with("scale", "shop/api", times(3));
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
    // At most four pods more or twice as many in 15 seconds.
    let pace = "cpu at 300 % of its target; 9 are wanted, and come at the pace of its rules";
    assert_eq!(steps(&drill), [(15.0, "HPA api raises 3 to 7", pace), (30.0, "HPA api raises 7 to 9", "cpu at 300 % of its target")]);
    let expected = "Deployment shop/api grows from 3 to 9 pods for 3 times its load in 45 s, in 2 steps of its autoscaler";
    assert_eq!(drill.summary, expected);
    assert_eq!(workload(&drill, "Deployment shop/api").after, 9);
}

#[test]
fn an_autoscaler_that_may_not_add_what_the_load_takes_is_named_with_its_maximum() {
    let drill = scaled(3, "minReplicas: 3, maxReplicas: 6", "").with("scale", "shop/api", times(3));
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    let expected = "Deployment shop/api cannot grow from 3 to the 9 pods that 3 times its load takes: HPA api stops at its maxReplicas of 6, and each pod gets 150 % of its target";
    assert_eq!(drill.summary, expected);
    let row = drill.blocked.first().expect("a blocker");
    assert_eq!((row.object.as_str(), row.field.as_str(), row.value.as_str()), ("HorizontalPodAutoscaler shop/api", "spec.maxReplicas", "6"));
    assert!(row.patch.contains("\"maxReplicas\":9"), "{row:?}");
    assert_eq!((workload(&drill, "Deployment shop/api").after, drill.pods.pending), (6, 0));
}

#[test]
fn behavior_sets_the_pace_and_its_end_is_waited_for() {
    let mut town = Town::new();
    town.zones(2).deployment("api", &["a1", "b1", "c1"], "", "");
    let slow = "behavior: {scaleUp: {policies: [{type: Pods, value: 1, periodSeconds: 1200}]}}";
    hpa(&mut town, "Deployment", "minReplicas: 3, maxReplicas: 12", slow, "");
    let drill = town.with("scale", "shop/api", times(2));
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
    assert_eq!(steps(&drill).iter().map(|it| it.0).collect::<Vec<_>>(), [15.0, 1215.0, 2415.0]);
}

#[test]
fn a_limit_at_the_target_hides_the_load() {
    let mut town = Town::new();
    town.zones(2).deployment("api", &["a1"], "", "");
    town.add("apiVersion: v1\nkind: LimitRange\nmetadata: {name: all, namespace: shop}\nspec: {limits: [{type: Container, default: {cpu: 500m}}]}");
    let whole = "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 100}}}]";
    hpa(&mut town, "Deployment", "minReplicas: 1, maxReplicas: 12", whole, "");
    let drill = town.with("scale", "shop/api", times(3));
    assert_eq!(drill.verdict, Verdict::Stuck, "{:?}", said(&drill));
    assert!(drill.summary.contains("the limit of cpu lets a pod show 100 % of the target at most"), "{}", drill.summary);
}

#[test]
fn pods_that_are_lost_are_replaced_and_not_counted_twice() {
    let (answer, drill) = az(&scaled(3, "minReplicas: 3, maxReplicas: 12", ""));
    assert_eq!((drill.verdict, steps(&drill).len()), (Verdict::Survives, 0), "{:?}", said(&drill));
    let said = "HorizontalPodAutoscaler shop/api: the inputs hold no reading of its metric, so each pod is taken to stand at its target";
    assert!(answer.assumptions.iter().any(|it| it == said), "{:#?}", answer.assumptions);
}

#[test]
fn pods_that_nobody_replaces_leave_the_rest_with_the_load() {
    let mut town = Town::new();
    town.zones(2).stateful("api", &["a1", "b1", "c1"]);
    let cpu = "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]";
    hpa(&mut town, "StatefulSet", "minReplicas: 3, maxReplicas: 5", cpu, &at(64));
    let request = Request { loss: Loss::Partition, ..Request::default() };
    let drill = town.with("az", "c", request);
    // 3 x 64 of 60 is a little more than three pods are to have: within the tolerance for three, not for the two that answer.
    assert!(steps(&drill).iter().any(|it| it.1 == "HPA api raises 3 to 4" && it.2 == "cpu at 160 % of its target"), "{:#?}", drill.timeline);
    assert!(drill.summary.contains("HPA shop/api raises its pods from 3 to 4"), "{}", drill.summary);
}

#[test]
fn what_an_autoscaler_takes_away_is_not_missing() {
    let (_, drill) = az(&scaled(6, "minReplicas: 3, maxReplicas: 12", &at(20)));
    assert_eq!(drill.verdict, Verdict::Survives, "{:?}", said(&drill));
    // Two of six pods are lost and replaced; after five minutes of little load three stay.
    assert!(steps(&drill).iter().any(|it| it.1 == "HPA api lowers 6 to 3" && it.2.starts_with("cpu at 33 % of its target")), "{:#?}", drill.timeline);
    let it = workload(&drill, "Deployment shop/api");
    assert_eq!((it.before, it.after, it.min_ready, it.verdict), (6, 3, 4, Verdict::Survives));
    assert_eq!(it.reason, "4 of 6 serve at the worst; in the end its autoscaler wants 3");
    assert_eq!(drill.pods.lost, 0, "{:?}", drill.pods);
    assert!(drill.whole_after_seconds.is_some_and(|it| it < 200.0), "whole when the replacements served: {:?}", drill.whole_after_seconds);
    let gone = drill.timeline.iter().filter(|it| it.cause.contains("HPA api wants fewer pods")).count();
    assert!(gone > 0, "{:#?}", drill.timeline);
}

#[test]
fn a_rollout_ends_when_the_new_revision_serves_whatever_the_autoscaler_does_then() {
    let plain = |drill: &Drill| drill.summary.split(';').next().unwrap_or("").to_owned();
    let mut town = Town::new();
    town.zones(2).deployment("api", &["a1", "b1", "c1", "a1", "b1", "c1"], "", "");
    let alone = plain(&town.one("rollout", "shop/api"));
    assert!(alone.starts_with("Deployment shop/api rolls out in "), "{alone}");
    for reading in [20, 60] {
        let drill = scaled(6, "minReplicas: 3, maxReplicas: 12", &at(reading)).one("rollout", "shop/api");
        assert_eq!((drill.verdict, plain(&drill)), (Verdict::Survives, alone.clone()), "at {reading} %: {:?}", said(&drill));
    }
    // Half as much again is wanted while it rolls out: the new revision has to serve all of that.
    let busy = scaled(6, "minReplicas: 3, maxReplicas: 12", &at(90)).one("rollout", "shop/api");
    assert_eq!((busy.verdict, workload(&busy, "Deployment shop/api").after), (Verdict::Survives, 9), "{:?}", said(&busy));
    assert!(busy.summary.ends_with("HPA shop/api raises its pods from 6 to 9"), "{}", busy.summary);
}

#[test]
fn what_cannot_be_told_leaves_the_number_as_it_is_and_is_said() {
    let external = "metrics: [{type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: \"20\"}}}]";
    let inactive = "conditions: [{type: ScalingActive, status: \"False\", reason: FailedGetResourceMetric}]";
    let cpu = "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]";
    let memory = "metrics: [{type: Resource, resource: {name: ephemeral-storage, target: {type: Utilization, averageUtilization: 60}}}]";
    for (metrics, status, why) in [
        (external, "", "the value of its External metric is not among the inputs"),
        (cpu, inactive, "its condition ScalingActive is False (FailedGetResourceMetric)"),
        (memory, "", "its target is a share of the ephemeral-storage request, and not every container has one"),
    ] {
        let mut town = Town::new();
        town.zones(2).deployment("api", &["a1", "b1", "c1", "a2"], "", "");
        hpa(&mut town, "Deployment", "minReplicas: 2, maxReplicas: 12", metrics, status);
        let (answer, drill) = az(&town);
        assert_eq!((drill.verdict, workload(&drill, "Deployment shop/api").after), (Verdict::Survives, 4), "{:?}", said(&drill));
        let said = format!("HorizontalPodAutoscaler shop/api leaves its number of pods as it is: {why}");
        assert!(answer.assumptions.contains(&said), "{:#?}", answer.assumptions);
        // Its load cannot grow: all pods are asked for at once.
        let grown = town.with("scale", "shop/api", times(2));
        assert_eq!((steps(&grown).len(), workload(&grown, "Deployment shop/api").after), (0, 8), "{}", grown.summary);
    }
}

#[test]
fn a_scaled_object_is_a_bound_and_its_triggers_are_said_to_be_unknown() {
    let mut town = Town::new();
    town.zones(2).deployment("api", &["a1", "b1"], "", "");
    town.add("apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: api, namespace: shop}\nspec: {scaleTargetRef: {name: api}, maxReplicaCount: 3, triggers: [{type: aws-sqs-queue, metadata: {}}]}");
    let answer = town.drill("scale", &Request { targets: vec!["shop/api".into()], seeds: 1, ..times(2) });
    assert!(answer.drills[0].summary.contains("its autoscaler stops at 3"), "{}", answer.drills[0].summary);
    let said = "ScaledObject shop/api leaves its number of pods as it is: what KEDA reads of its triggers (aws-sqs-queue) is not among the inputs";
    assert!(answer.assumptions.iter().any(|it| it == said), "{:#?}", answer.assumptions);
}

#[test]
fn a_manifest_starts_within_its_autoscalers_bounds() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: shop}\nspec: {replicas: 1, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app, image: app, resources: {requests: {cpu: 100m}}}]}}}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: api, namespace: shop}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}, minReplicas: 2, maxReplicas: 6}";
    let snapshot = seatrial_testkit::Fixture::new(text).snapshot;
    let nodes = seatrial_drill::NodeSet::parse("3x1xm6i.large").expect("nodes");
    let mut world = seatrial_drill::World::of(&snapshot, Some(&nodes), None, &seatrial_drill::Latencies::default()).expect("a world");
    let request = Request { targets: vec!["us-east-1a".into()], ..Request::default() };
    let answer = seatrial_drill::rehearse(&mut world, seatrial_drill::find("az").expect("a drill"), &request).expect("an answer");
    assert!(answer.drills[0].verdict == Verdict::Survives, "one of two goes: {:?}", said(&answer.drills[0]));
    assert!(answer.drills[0].timeline.iter().all(|it| !it.event.starts_with("HPA")), "{:#?}", answer.drills[0].timeline);
}

#[test]
fn the_way_to_the_maximum_does_not_end_within_the_tolerance() {
    // 12 to 13 is less than a tenth more.
    let drill = scaled(12, "minReplicas: 3, maxReplicas: 13", "").with("scale", "shop/api", Request::default());
    assert_eq!(workload(&drill, "Deployment shop/api").after, 13, "{:?}", said(&drill));
    let mut town = Town::new();
    town.zones(2).deployment("api", &["a1", "b1", "c1"], "", "");
    let patient = "behavior: {scaleUp: {tolerance: 500m}}";
    hpa(&mut town, "Deployment", "minReplicas: 3, maxReplicas: 4", patient, "");
    let drill = town.with("scale", "shop/api", Request::default());
    assert_eq!((drill.verdict, workload(&drill, "Deployment shop/api").after), (Verdict::Survives, 4), "{:?}", said(&drill));
}

#[test]
fn what_shrinks_later_came_back_when_it_did() {
    let mut answer = scaled(6, "minReplicas: 2, maxReplicas: 12", &at(12)).drill("az", &Request { targets: vec!["a".into()], seeds: 1, ..Request::default() });
    let drill = answer.drills.remove(0);
    let api = workload(&drill, "Deployment shop/api");
    assert_eq!((api.min_ready, api.after), (4, 2), "{:?}", said(&drill));
    let again = api.ready.iter().find(|it| it.0 > 0.0 && it.1 == 6).expect("all six for a while").0;
    assert_eq!(drill.whole_after_seconds, Some(again), "{:?}", api.ready);
}

#[test]
fn a_metric_of_a_container_that_is_not_there_holds_the_number() {
    let mut town = Town::new();
    town.zones(2).deployment("api", &["a1", "b1", "c1"], "", "");
    let of_proxy = "metrics: [{type: ContainerResource, containerResource: {name: cpu, container: proxy, target: {type: AverageValue, averageValue: 200m}}}]";
    hpa(&mut town, "Deployment", "minReplicas: 1, maxReplicas: 12", of_proxy, "");
    let (answer, drill) = az(&town);
    assert_eq!((workload(&drill, "Deployment shop/api").after, steps(&drill).len()), (3, 0), "{:?}", said(&drill));
    assert!(answer.assumptions.iter().any(|it| it.contains("container proxy, which the pod template does not have")), "{:#?}", answer.assumptions);
}

#[test]
fn an_autoscaler_that_the_api_server_refuses_scales_nothing() {
    let cpu = |share: i64| format!("metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Utilization, averageUtilization: {share}}}}}}}]");
    for (bounds, rest) in [
        ("minReplicas: 1, maxReplicas: 0", cpu(60)),
        ("minReplicas: -5, maxReplicas: 2", cpu(60)),
        ("minReplicas: 9, maxReplicas: 8", cpu(60)),
        ("minReplicas: 1, maxReplicas: 12", cpu(-10)),
        ("minReplicas: 1, maxReplicas: 12", format!("{}, behavior: {{scaleUp: {{policies: [{{type: Pods, value: 4, periodSeconds: 0}}]}}}}", cpu(60))),
        ("minReplicas: 1, maxReplicas: 12", format!("{}, behavior: {{scaleUp: {{tolerance: \"-2\"}}}}", cpu(60))),
    ] {
        let mut town = Town::new();
        town.zones(2).deployment("api", &["a1", "b1", "c1"], "", "");
        hpa(&mut town, "Deployment", bounds, &rest, "");
        let (answer, drill) = az(&town);
        assert_eq!((workload(&drill, "Deployment shop/api").after, steps(&drill).len()), (3, 0), "{bounds} {rest}: {:?}", said(&drill));
        let expected = "HorizontalPodAutoscaler shop/api scales nothing: the API server refuses it, which `seatrial check` explains";
        assert!(answer.assumptions.iter().any(|it| it == expected), "{bounds} {rest}: {:#?}", answer.assumptions);
    }
}
