//! What is taken out of a cluster, or put right in it, before anything is rehearsed on it; each is said.

use std::collections::HashMap;
use std::sync::Arc;

use seatrial_model::cluster::{Cluster, Fields, Fill};
use seatrial_model::kinds::scaling::{HorizontalPodAutoscaler, ScalingRules};
use seatrial_model::{Need, Object, PodSpec, Quantity, Text};
use seatrial_sim::controllers::latencies::{DEFAULT_TOLERATION, Latencies};
use seatrial_sim::controllers::rehearsal::tolerating;

use super::planned;

/// What the drills ask for, and no more: a snapshot holds much else that would be copied for nothing.
pub(crate) fn needed(all: &Cluster) -> Cluster {
    Cluster {
        workloads: all.workloads.clone(),
        pods: all.pods.clone(),
        services: all.services.clone(),
        pod_disruption_budgets: all.pod_disruption_budgets.clone(),
        horizontal_pod_autoscalers: all.horizontal_pod_autoscalers.clone(),
        scaled_objects: all.scaled_objects.clone(),
        resource_quotas: all.resource_quotas.clone(),
        limit_ranges: all.limit_ranges.clone(),
        priority_classes: all.priority_classes.clone(),
        node_pools: all.node_pools.clone(),
        ec2_node_classes: all.ec2_node_classes.clone(),
        storage_classes: all.storage_classes.clone(),
        persistent_volumes: all.persistent_volumes.clone(),
        persistent_volume_claims: all.persistent_volume_claims.clone(),
        volume_snapshots: all.volume_snapshots.clone(),
        csi_nodes: all.csi_nodes.clone(),
        csi_drivers: all.csi_drivers.clone(),
        volume_attachments: all.volume_attachments.clone(),
        namespaces: all.namespaces.clone(),
        nodes: all.nodes.clone(),
        deliveries: all.deliveries.clone(),
        ..Cluster::default()
    }
}

/// Of objects that the inputs hold more than once (overlays, rendered and source) the last stays, as `kubectl apply` of all of them would leave it.
pub(crate) fn keep_last(cluster: &mut Cluster, assumptions: &mut Vec<String>) {
    let mut twice = Twice { left_out: 0, first: String::new() };
    cluster.sort();
    let Ok(()) = cluster.fill(&mut twice);
    if twice.left_out > 0 {
        assumptions.push(format!(
            "{} objects are among the inputs more than once, such as {}: the last of each is taken, as `kubectl apply` would leave it",
            twice.left_out, twice.first
        ));
    }
}

/// Counts what it leaves out of sorted lists.
struct Twice {
    left_out: usize,
    first: String,
}

impl Fill for Twice {
    type Error = std::convert::Infallible;

    fn list<T: Fields>(&mut self, name: &'static str, _: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Self::Error> {
        // The API server gives each of these a name of its own.
        for (at, it) in list.iter_mut().enumerate().filter(|it| it.1.meta.name.is_empty()) {
            it.meta.name = format!("{}{at}", it.meta.generate_name.as_deref().unwrap_or_default()).into();
        }
        list.dedup_by(|later, kept| {
            let same = (kept.meta.ns(), &kept.meta.name, &kept.kind) == (later.meta.ns(), &later.meta.name, &later.kind);
            if same {
                std::mem::swap(later, kept);
                // A bare pod stands in two lists, and is one object.
                self.left_out += usize::from(kept.kind != "Pod" || name == "pods");
                if self.first.is_empty() {
                    self.first = kept.object_ref().to_string();
                }
            }
            same
        });
        Ok(())
    }
}

/// Amounts beyond this are nobody's: a petabyte of anything, a million cores.
fn most(resource: &str) -> i64 {
    if resource == "cpu" { 1 << 20 } else { 1 << 50 }
}

/// Takes amounts that no machine has out of the way of arithmetic, and says so.
pub(crate) fn sane(cluster: &mut Cluster, assumptions: &mut Vec<String>) -> Vec<super::Blind> {
    let mut odd = 0;
    for node in &mut cluster.nodes {
        let odd_one = |it: &(&Text, &Quantity)| it.1.is_negative() || it.1.value() > most(it.0);
        let names: Vec<(Text, bool)> = node.status.allocatable.iter().filter(odd_one).map(|it| (it.0.clone(), it.1.is_negative())).collect();
        for (name, negative) in names {
            let bound = if negative { 0 } else { most(&name) };
            node.it.status.allocatable.insert(name, Quantity::units(bound));
            odd += 1;
        }
    }
    if odd > 0 {
        assumptions
            .push(format!("{odd} allocatable amounts of nodes are below 0 or beyond what any machine has: taken as 0, or as the most that is plausible"));
    }
    for it in cluster.horizontal_pod_autoscalers.extract_if(.., |it| is_refused(it)) {
        assumptions.push(format!("{} scales nothing: the API server refuses it, which `seatrial check` explains", it.object_ref()));
    }
    let before = cluster.pods.len();
    let amounts = |it: &seatrial_model::Container| {
        it.resources.requests.iter().chain(it.resources.limits.iter()).any(|it| it.1.value() > most(it.0) || it.1.is_negative())
    };
    let huge = |spec: &PodSpec| spec.all_containers().any(amounts);
    let names: Vec<String> = cluster.pods.iter().filter(|it| huge(&it.spec)).map(|it| format!("{}/{}", it.meta.ns(), it.meta.name)).collect();
    cluster.pods.retain(|it| !huge(&it.spec));
    let absurd: Vec<String> = cluster
        .workloads
        .iter()
        .filter(|it| huge(it.pod()) || it.replicas.is_some_and(|it| !(0..=planned::MOST_PODS).contains(&it)))
        .map(|it| it.object_ref().to_string())
        .collect();
    cluster.workloads.retain(|it| !(huge(it.pod()) || it.replicas.is_some_and(|it| !(0..=planned::MOST_PODS).contains(&it))));
    let mut blinds = Vec::new();
    if let Some(first) = names.first().or(absurd.first()) {
        let reason = format!(
            "{} pods and {} workloads ask for amounts that no machine has, such as {first}: they are left out",
            before - cluster.pods.len(),
            absurd.len()
        );
        let remedy = "correct spec.replicas and the requests: the API server or the scheduler would refuse them".to_owned();
        blinds.push(super::Blind { reason, remedy, evictions: false, placement: true });
    }
    blinds
}

/// Whether the API server refuses such an autoscaler.
///
/// Source: kubernetes pkg/apis/autoscaling/validation/validation.go.
fn is_refused(it: &HorizontalPodAutoscaler) -> bool {
    let spec = &it.spec;
    let of_policies = |it: &ScalingRules| it.policies.iter().any(|it| it.value < 1 || !(1..=1800).contains(&it.period_seconds));
    let of_rules = |it: &ScalingRules| {
        let window = it.stabilization_window_seconds.unwrap_or(0);
        of_policies(it) || !(0..=3600).contains(&window) || it.tolerance.is_some_and(|it| it.is_negative())
    };
    let rules = spec.behavior.iter().flat_map(|it| it.scale_up.iter().chain(&it.scale_down));
    let targets = spec.metrics.iter().filter_map(|it| it.resource.as_ref().or(it.container_resource.as_ref())).map(|it| &it.target);
    let share = spec.target_cpu_utilization_percentage.into_iter().chain(targets.clone().filter_map(|it| it.average_utilization)).any(|it| it < 1);
    let amount = targets.filter_map(|it| it.average_value).any(|it| it.is_negative() || it.is_zero());
    it.min() < 0 || spec.max_replicas < 1 || spec.max_replicas < it.min() || share || amount || rules.into_iter().any(of_rules)
}

/// Pods that are being deleted are taken as gone, unless their node cannot be reached.
pub(crate) fn settle_deletions(cluster: &mut Cluster, assumptions: &mut Vec<String>) {
    let unreachable: Vec<Text> = cluster.nodes.iter().filter(|it| it.ready().is_some_and(|it| it != "True")).map(|it| it.meta.name.clone()).collect();
    let before = cluster.pods.len();
    cluster.pods.retain(|it| it.meta.deletion_timestamp.is_none() || it.node_name.as_ref().is_some_and(|it| unreachable.contains(it)));
    let gone = before - cluster.pods.len();
    if gone > 0 {
        assumptions.push(format!("{gone} pods are being deleted already and are taken as gone"));
    }
}

/// Admission lets every pod stay for a while (five minutes) on a node that is not ready or unreachable; pods of one specification keep sharing it.
///
/// Source: kubernetes plugin/pkg/admission/defaulttolerationseconds, which every EKS control plane runs.
pub(crate) fn tolerate(cluster: &mut Cluster, latencies: &Latencies) {
    let seconds = latencies.of(&DEFAULT_TOLERATION) / 1000;
    let mut done: HashMap<usize, (Arc<PodSpec>, Arc<PodSpec>)> = HashMap::new();
    for pod in &mut cluster.pods {
        let spec = pod.it.spec.clone();
        let entry = done.entry(Arc::as_ptr(&spec) as usize).or_insert_with(|| (spec.clone(), tolerating(&spec, seconds)));
        pod.it.spec = entry.1.clone();
    }
}
