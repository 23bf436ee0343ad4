//! Pods that stay behind: on nodes that nobody answers for, refused by a quota, or owned by nobody.

use seatrial_model::pod::Taint;
use seatrial_report::drill::Blocked;
use seatrial_sim::PodId;
use seatrial_sim::controllers::quota::{Quota, excess, pod_usage};

use crate::stage::Stage;
use crate::world::Kind;

/// One line for each node, quota and pod.
pub fn rows(stage: &Stage<'_>) -> Vec<Blocked> {
    let mut rows = Vec::new();
    for unit in &stage.units {
        let it = &stage.world.units[*unit];
        if matches!(it.kind, Kind::Daemon | Kind::Batch | Kind::Other) {
            continue;
        }
        for pod in &it.pods {
            rows.extend(stranded(stage, *pod, &it.kind));
        }
        rows.extend(quota(stage, *unit));
    }
    rows
}

fn stranded(stage: &Stage<'_>, pod: PodId, kind: &Kind) -> Option<Blocked> {
    let state = &stage.rehearsal.state;
    let gone = stage.rehearsal.lives.get(&pod).is_some_and(|it| it.gone);
    if *kind == Kind::Bare && gone {
        let name = stage.pod_name(pod);
        return Some(Blocked {
            pod: name.clone(),
            pods: 1,
            by: "owner".to_owned(),
            object: format!("Pod {name}"),
            field: "metadata.ownerReferences".to_owned(),
            value: "none".to_owned(),
            fix: "run it by a Deployment or a StatefulSet, which replace what goes".to_owned(),
            ..Blocked::default()
        });
    }
    let node = state.node_of(pod).filter(|it| stage.watch.lost.contains(it) && !stage.world.dead.contains(it) && !stage.watch.collected.contains(it))?;
    if gone {
        return None;
    }
    let (name, node_name) = (stage.pod_name(pod), state.node_name(node).to_string());
    let taints: Vec<Taint> = state.node_facts(node).taints;
    let evicting = taints.iter().any(|it| &*it.key == "node.kubernetes.io/unreachable" && &*it.effect == "NoExecute");
    if !evicting {
        return Some(Blocked {
            pod: name,
            pods: 1,
            by: "eviction-rate".to_owned(),
            object: format!("Node {node_name}"),
            field: "spec.taints".to_owned(),
            value: "no unreachable:NoExecute".to_owned(),
            fix: "so many nodes of the zone are lost that nothing is evicted: see that the machine is off, then delete its Node".to_owned(),
            patch: format!("kubectl delete node {node_name}"),
            kubernetes_message: "Controller detected that zone is now in state PartialDisruption.".to_owned(),
        });
    }
    let terminating = state.is_terminating(pod);
    match kind {
        Kind::StatefulSet if terminating => Some(Blocked {
            pod: name,
            pods: 1,
            by: "node".to_owned(),
            object: format!("Node {node_name}"),
            field: "status.conditions[Ready]".to_owned(),
            value: "Unknown".to_owned(),
            fix: "a StatefulSet's pod is not replaced while its kubelet may still run it: see that the machine is off, then say so".to_owned(),
            patch: format!("kubectl taint nodes {node_name} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"),
            kubernetes_message: "NodeNotReady: Node is not ready".to_owned(),
        }),
        _ if !terminating => Some(Blocked {
            pod: name,
            pods: 1,
            by: "toleration".to_owned(),
            object: format!("Node {node_name}"),
            field: "spec.tolerations".to_owned(),
            value: "unreachable:NoExecute without tolerationSeconds".to_owned(),
            fix: "give the toleration tolerationSeconds: without, the pod is never deleted and never replaced".to_owned(),
            ..Blocked::default()
        }),
        _ => None,
    }
}

/// A set that is smaller than it should be although none of its pods waits: its namespace's quota refused one.
fn quota(stage: &Stage<'_>, unit: usize) -> Option<Blocked> {
    let it = &stage.world.units[unit];
    if it.kind == Kind::StatefulSet {
        return None;
    }
    let sets: Vec<usize> = it.sets.iter().filter_map(|set| stage.local(*set)).chain(stage.added_sets(unit)).collect();
    let lives = sets.iter().flat_map(|set| stage.rehearsal.members(*set));
    let live = lives.filter(|it| !stage.rehearsal.state.is_terminating(it.0)).count() as i64;
    let wanted: i64 = sets.iter().map(|set| stage.rehearsal.sets[*set].desired).sum();
    if live >= wanted {
        return None;
    }
    let set = sets.iter().find(|set| stage.rehearsal.sets[**set].desired > 0)?;
    let (namespace, spec) = (&it.namespace, &stage.rehearsal.sets[*set].spec);
    let state = &stage.rehearsal.state;
    let here = |pod: &&PodId| !stage.rehearsal.lives[*pod].gone && state.pod_name(**pod).0 == namespace;
    let refusal = |quota: &Quota| {
        let used = stage.rehearsal.lives.keys().filter(here).map(|pod| state.spec(*pod)).filter(|it| quota.matches(it)).map(|it| pod_usage(it, None));
        excess(quota, used, spec).err()
    };
    let mine = stage.world.quotas.iter().filter(|quota| quota.0 == *namespace && quota.1.matches(spec));
    let (quota, why) = mine.filter_map(|quota| Some((&quota.1, refusal(&quota.1)?))).next()?;
    let limits: Vec<String> = quota.hard.iter().map(|it| format!("{}={}", it.0, it.1)).collect();
    Some(Blocked {
        pod: format!("{namespace}/{}-*", it.name),
        pods: u64::try_from(wanted - live).unwrap_or(0),
        by: "quota".to_owned(),
        object: format!("ResourceQuota {namespace}/{}", quota.name),
        field: "spec.hard".to_owned(),
        value: limits.join(", "),
        fix: "raise the quota by one pod's request: a rollout needs room for its surge beside what runs".to_owned(),
        patch: String::new(),
        kubernetes_message: format!("FailedCreate: pods is forbidden: {why}"),
    })
}
