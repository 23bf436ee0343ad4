//! Pods that a drain waits for in vain: the budgets that refuse their eviction.

use seatrial_report::drill::Blocked;
use seatrial_sim::{Budget, PodId};

use crate::stage::Stage;

/// One line for each budget.
pub fn rows(stage: &Stage<'_>) -> Vec<Blocked> {
    let held = stage.held.iter().filter_map(|pod| row(stage, *pod));
    let unmanaged = stage.refused.iter().map(|(node, pod)| Blocked {
        pod: pod.clone(),
        pods: 1,
        by: "owner".to_owned(),
        object: format!("Pod {pod}"),
        field: "metadata.ownerReferences".to_owned(),
        value: "none".to_owned(),
        fix: "run it by a Deployment or a StatefulSet; --force deletes it for good".to_owned(),
        patch: format!("kubectl drain {node} --ignore-daemonsets --delete-emptydir-data --force"),
        kubernetes_message: "cannot delete cannot delete Pods that declare no controller (use --force to override)".to_owned(),
    });
    held.chain(unmanaged).collect()
}

fn row(stage: &Stage<'_>, pod: PodId) -> Option<Blocked> {
    let state = &stage.rehearsal.state;
    if stage.rehearsal.lives.get(&pod).is_none_or(|it| it.gone) || state.is_terminating(pod) {
        return None;
    }
    let budgets: Vec<Budget> = state.budgets_of(pod).iter().map(|it| state.budget(*it).clone()).collect();
    let name = stage.pod_name(pod);
    match budgets.as_slice() {
        [] => None,
        [budget] => Some(refused(stage, pod, name, budget)),
        many => Some(Blocked {
            pod: name,
            pods: 1,
            by: "budget".to_owned(),
            object: format!("PodDisruptionBudget {}/{}", many[0].namespace, many[0].name),
            field: "spec.selector".to_owned(),
            value: many.iter().map(|it| it.name.to_string()).collect::<Vec<_>>().join(", "),
            fix: "let each pod be selected by one budget: two protect it from every eviction for ever".to_owned(),
            patch: format!("kubectl -n {} delete pdb {}", many[1].namespace, many[1].name),
            kubernetes_message: "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.".to_owned(),
        }),
    }
}

fn refused(stage: &Stage<'_>, pod: PodId, name: String, budget: &Budget) -> Blocked {
    let unit = stage.unit_of(pod).map(|it| &stage.world.units[it]);
    let (field, value) = match (&budget.min_available, &budget.max_unavailable) {
        (_, Some(it)) => ("spec.maxUnavailable", it.to_string()),
        (Some(it), _) => ("spec.minAvailable", it.to_string()),
        (None, None) => ("spec", String::new()),
    };
    let status = &budget.status;
    let replicas = unit.map_or(0, |it| it.before);
    let fix = if status.current_healthy < status.desired_healthy {
        format!(
            "{} of the {} pods that it wants are healthy: mend the others, or let unhealthy pods be evicted",
            status.current_healthy, status.desired_healthy
        )
    } else if replicas == 1 {
        "maxUnavailable: 1, and a second replica, so that the drain does not interrupt".to_owned()
    } else {
        format!("maxUnavailable: 1 lets one of the {replicas} pods go at a time")
    };
    let patch = format!(
        "kubectl -n {} patch pdb {} --type merge -p '{{\"spec\":{{\"minAvailable\":null,\"maxUnavailable\":1,\"unhealthyPodEvictionPolicy\":\"AlwaysAllow\"}}}}'",
        budget.namespace, budget.name
    );
    Blocked {
        pod: name,
        pods: 1,
        by: "budget".to_owned(),
        object: format!("PodDisruptionBudget {}/{}", budget.namespace, budget.name),
        field: field.to_owned(),
        value,
        fix,
        patch,
        kubernetes_message: format!(
            "Cannot evict pod as it would violate the pod's disruption budget. The disruption budget {} needs {} healthy pods and has {} currently",
            budget.name, status.desired_healthy, status.current_healthy
        ),
    }
}
