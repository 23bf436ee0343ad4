//! Tables of the controllers' arithmetic.

use seatrial_model::IntOrString;
use seatrial_model::pod::{Taint, Toleration};
use seatrial_sim::controllers::deployment::{
    Fenceposts, Replicas, cleanup_unhealthy, max_scaled_down, new_replicas, replica_set_fraction, resolve_fenceposts, scale_down_old,
};
use seatrial_sim::controllers::node_lifecycle::is_excluded;
use seatrial_sim::controllers::pod_gc::{GcPod, is_out_of_service, terminated, unscheduled_terminating};
use seatrial_sim::controllers::{stateful_set, taint_eviction};
use seatrial_sim::{Plugin, default_normalize_score};
use serde::Deserialize;
use serde_json::Value;

use super::Verdict;
use super::world::{World, flag, list, read};

pub(crate) fn run(file: &str, test: &str, case: &Value) -> Option<Verdict> {
    Some(match (file, test) {
        ("pkg_controller_deployment", "TestDeploymentController_reconcileNewReplicaSet") => {
            let (new, old) = (number(case, "newReplicas"), number(case, "oldReplicas"));
            let next = new_replicas(number(case, "deploymentReplicas"), number(case, "maxSurge"), new, new + old);
            scaled(case, next, new, "expectedNewReplicas")
        }
        ("pkg_controller_deployment", "TestDeploymentController_reconcileOldReplicaSets") => old_replica_sets(case),
        ("pkg_controller_deployment", "TestDeploymentController_cleanupUnhealthyReplicas") => {
            let mut old = [Replicas { replicas: number(case, "oldReplicas"), available: number(case, "readyPods") }];
            Verdict::equal(&cleanup_unhealthy(&mut old, number(case, "maxCleanupCount")), &number(case, "cleanupCountExpected"))
        }
        ("pkg_controller_deployment", "TestDeploymentController_scaleDownOldReplicaSetsForRollingUpdate") => {
            let before = number(case, "oldReplicas");
            let mut old = [Replicas { replicas: before, available: number(case, "readyPods") }];
            let desired = number(case, "deploymentReplicas");
            scale_down_old(&mut old, desired, unavailable(case, desired), number(case, "readyPods"));
            scaled(case, old[0].replicas, before, "expectedOldReplicas")
        }
        ("pkg_controller_deployment_util", "TestResolveFenceposts") => {
            let ours = resolve_fenceposts(value(case, "maxSurge").as_ref(), value(case, "maxUnavailable").as_ref(), number(case, "desired"));
            let wanted = Fenceposts { surge: number(case, "expectSurge"), unavailable: number(case, "expectUnavailable") };
            Verdict::equal(&ours, &(!flag(case, "expectError")).then_some(wanted))
        }
        ("pkg_controller_deployment_util", "TestGetReplicaSetFraction") => {
            let before = case.pointer("/rsAnnotations/deployment.kubernetes.io~1max-replicas").and_then(Value::as_str).and_then(|it| it.parse().ok());
            let replicas = number(case, "rsReplicas");
            let (desired, surge) = (number(case, "deploymentReplicas"), number(case, "deploymentMaxSurge"));
            let ours = replica_set_fraction(desired, surge, replicas, before, number(case, "deploymentStatusReplicas"));
            Verdict::equal(&ours, &number(case, "expectedFraction"))
        }
        ("pkg_controller_statefulset", "TestGetStatefulSetMaxUnavailable") => {
            let ours = stateful_set::max_unavailable(value(case, "maxUnavailable").as_ref(), number(case, "replicaCount"));
            Verdict::equal(&ours, &Some(number(case, "expectedMaxUnavailable")))
        }
        ("pkg_controller_tainteviction", "TestGetMinTolerationTime") => {
            let tolerations: Vec<Toleration> = read(case.get("tolerations"));
            let ours = match taint_eviction::min_toleration_time(&tolerations) {
                taint_eviction::Stay::ForEver => -1,
                taint_eviction::Stay::Seconds(it) => it,
            };
            Verdict::equal(&ours, &number(case, "expected"))
        }
        ("pkg_controller_nodelifecycle", "Test_isNodeExcludedFromDisruptionChecks") => {
            Verdict::equal(&is_excluded(&read(case.pointer("/input/metadata/labels"))), &flag(case, "want"))
        }
        ("helper", "TestDoNotScheduleTaintsFilterFunc") => {
            // A pod without tolerations is refused by exactly these taints.
            let node = serde_json::json!({"metadata": {"name": "node"}, "spec": {"taints": [case.get("taint")]}});
            let mut world = World::new([&node], &[]);
            let pod = world.place(&serde_json::json!({"metadata": {"name": "pod"}}), None);
            let refused = world.state.plugin_refusal(pod, world.nodes[0], Plugin::TaintToleration).is_some();
            Verdict::equal(&refused, &flag(case, "expected"))
        }
        ("pkg_controller_podgc", _) => garbage(test, case),
        ("helper", "TestDefaultNormalizeScore") => {
            let mut scores: Vec<i64> = read(case.get("scores"));
            default_normalize_score(flag(case, "reverse"), &mut scores);
            Verdict::equal(&scores, &read(case.get("expectedScores")))
        }
        _ => return None,
    })
}

fn number(case: &Value, key: &str) -> i64 {
    case.get(key).and_then(Value::as_i64).unwrap_or(0)
}

fn value(case: &Value, key: &str) -> Option<IntOrString> {
    IntOrString::deserialize(case.get(key)?).ok()
}

/// The wanted size, or that nothing changes.
fn scaled(case: &Value, ours: i64, before: i64, wanted: &str) -> Verdict {
    let wanted = if flag(case, "scaleExpected") { number(case, wanted) } else { before };
    Verdict::equal(&ours, &wanted)
}

fn old_replica_sets(case: &Value) -> Verdict {
    let desired = number(case, "deploymentReplicas");
    let unavailable = unavailable(case, desired);
    let before = number(case, "oldReplicas");
    let mut old = [Replicas { replicas: before, available: number(case, "readyPodsFromOldRS") }];
    let new = Replicas { replicas: number(case, "newReplicas"), available: number(case, "readyPodsFromNewRS") };
    let most = max_scaled_down(desired, unavailable, before, new);
    if most > 0 {
        let available = new.available + old[0].available;
        cleanup_unhealthy(&mut old, most);
        scale_down_old(&mut old, desired, unavailable, available);
    }
    scaled(case, old[0].replicas, before, "expectedOldReplicas")
}

/// The tables allow no surge.
fn unavailable(case: &Value, desired: i64) -> i64 {
    resolve_fenceposts(None, value(case, "maxUnavailable").as_ref(), desired).map_or(0, |it| it.unavailable)
}

fn garbage(test: &str, case: &Value) -> Verdict {
    let all = list(case, "pods");
    let text = |it: &Value, key: &str| it.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let pod = |(at, it): (usize, &Value)| GcPod {
        phase: text(it, "phase"),
        scheduled: !text(it, "nodeName").is_empty(),
        terminating: it.get("deletionTimeStamp").is_some(),
        created: at as i64,
        evicted: text(it, "reason") == "Evicted",
    };
    let pods: Vec<GcPod> = all.iter().enumerate().map(pod).collect();
    let gone: Vec<usize> = match test {
        "TestGCTerminated" => terminated(&pods, number(case, "threshold") as usize),
        "TestGCUnscheduledTerminating" => unscheduled_terminating(&pods),
        "TestGCTerminating" => {
            let out: Vec<String> = list(case, "nodes").iter().filter(|it| out_of_service(it)).map(|it| text(it, "name")).collect();
            (0..pods.len()).filter(|at| pods[*at].terminating && out.contains(&text(&all[*at], "nodeName"))).collect()
        }
        _ => return Verdict::Fail("no runner and not listed".to_owned()),
    };
    let mut ours: Vec<String> = gone.into_iter().map(|at| text(&all[at], "name")).collect();
    let mut wanted: Vec<String> = list(case, "deletedPodNames").iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect();
    ours.sort();
    wanted.sort();
    Verdict::equal(&ours, &wanted)
}

fn out_of_service(node: &Value) -> bool {
    let taints: Vec<Taint> = read(node.get("taints"));
    is_out_of_service(node.get("readyCondition").is_some_and(|it| it == "True"), &taints)
}
