//! From the objects of a snapshot to the dense tables.

use std::collections::BTreeMap;

use seatrial_model::cluster::{Cluster, RunningPod};
use seatrial_model::kinds::scaling::PodDisruptionBudget;
use seatrial_model::{Object, Text, Version, WorkloadKind};

use crate::budgets::{Budget, BudgetStatus};
use crate::nodes::NodeFacts;
use crate::pods::{Owner, PodFacts};
use crate::state::State;

impl PodFacts {
    /// The facts of a pod.
    pub fn of(pod: &Object<RunningPod>) -> Self {
        let status = &pod.status;
        let resized = |it: &seatrial_model::kinds::nodes::ContainerStatus| it.resources.is_some() || !it.allocated_resources.is_empty();
        let matters = status.resources.is_some() || status.container_statuses.iter().chain(&status.init_container_statuses).any(resized);
        Self {
            namespace: Text::new(pod.meta.ns()),
            name: pod.meta.name.clone(),
            labels: pod.meta.labels.clone(),
            owner: pod.meta.controller().map(|it| Owner { api_version: it.api_version.clone(), kind: it.kind.clone(), name: it.name.clone() }),
            spec: pod.spec.clone(),
            status: matters.then(|| Box::new(status.clone())),
            start: status.start_time.map(|it| i64::try_from(it.as_nanosecond()).unwrap_or(i64::MAX)),
            terminating: pod.meta.deletion_timestamp.is_some(),
            preempted: is_preempted(status),
        }
    }
}

/// Whether the scheduler asked for the deletion.
///
/// Source: kubernetes plugins/defaultpreemption/default_preemption.go podTerminatingByPreemption.
pub fn is_preempted(status: &seatrial_model::kinds::nodes::PodStatus) -> bool {
    let target = status.conditions.iter().find(|it| it.kind == "DisruptionTarget");
    target.is_some_and(|it| it.status == "True" && it.reason.as_deref() == Some("PreemptionByScheduler"))
}

impl Budget {
    /// The budget of an object.
    pub fn of(object: &Object<PodDisruptionBudget>) -> Self {
        let (spec, status) = (&object.spec, &object.status);
        let generation = object.meta.generation.unwrap_or(0);
        Self {
            namespace: Text::new(object.meta.ns()),
            name: object.meta.name.clone(),
            selector: spec.selector.clone(),
            min_available: spec.min_available.clone(),
            max_unavailable: spec.max_unavailable.clone(),
            always_allow_unhealthy: spec.unhealthy_pod_eviction_policy.as_deref() == Some("AlwaysAllow"),
            status: BudgetStatus {
                observed: status.observed_generation.unwrap_or(0) >= generation,
                disruptions_allowed: status.disruptions_allowed.unwrap_or(0),
                current_healthy: status.current_healthy.unwrap_or(0),
                desired_healthy: status.desired_healthy.unwrap_or(0),
                expected_pods: status.expected_pods.unwrap_or(0),
                disrupted: status.disrupted_pods.iter().map(|(name, at)| (name.clone(), at.as_millisecond())).collect::<BTreeMap<_, _>>(),
            },
        }
    }
}

impl State {
    /// The cluster of a snapshot. Finished pods are left out; pods whose node is missing stay unbound.
    ///
    /// Nodes join by creation time, then name: the real order is in the scheduler's memory alone.
    pub fn of(cluster: &Cluster, version: Version) -> Self {
        let mut state = Self::new(version);
        state.load_selectors(cluster);
        let mut nodes: Vec<_> = cluster.nodes.iter().collect();
        nodes.sort_by_key(|it| (it.meta.creation_timestamp, &it.meta.name));
        for node in nodes {
            state.add_node(NodeFacts::of(node));
        }
        state.load_storage(cluster);
        state.load_pods(cluster);
        state
    }

    /// Namespaces, Services, controllers and budgets.
    pub fn load_selectors(&mut self, cluster: &Cluster) {
        for it in &cluster.namespaces {
            self.add_namespace(&it.meta.name, it.meta.labels.clone());
        }
        for it in &cluster.services {
            self.add_service(it.meta.ns(), it.spec.selector.clone());
        }
        for it in &cluster.workloads {
            if matches!(it.workload_kind, WorkloadKind::ReplicaSet | WorkloadKind::StatefulSet | WorkloadKind::ReplicationController) {
                self.add_controller(it.meta.ns(), &it.api_version, &it.kind, &it.meta.name, it.selector.clone());
            }
        }
        for it in &cluster.pod_disruption_budgets {
            self.add_budget(Budget::of(it));
        }
    }

    /// Storage objects; nodes come first.
    pub fn load_storage(&mut self, cluster: &Cluster) {
        self.load_volumes(cluster);
        cluster.volume_attachments.iter().for_each(|it| self.put_attachment(&it.it));
    }

    /// Storage objects without the attachments.
    pub fn load_volumes(&mut self, cluster: &Cluster) {
        cluster.storage_classes.iter().for_each(|it| self.put_storage_class(&it.meta.name, it.it.clone()));
        cluster.csi_drivers.iter().for_each(|it| self.put_csi_driver(&it.meta.name, &it.it));
        cluster.persistent_volumes.iter().for_each(|it| self.put_volume(it));
        cluster.persistent_volume_claims.iter().for_each(|it| self.put_claim(it));
        for it in &cluster.csi_nodes {
            if let Some(node) = self.find_node(&it.meta.name) {
                self.put_csi_node(node, &it.it);
            }
        }
    }

    fn load_pods(&mut self, cluster: &Cluster) {
        for it in cluster.pods.iter().filter(|it| !it.is_finished()) {
            let pod = self.add_pod(&PodFacts::of(it));
            if let Some(node) = it.node_name.as_deref().and_then(|name| self.find_node(name)) {
                self.bind(pod, node);
            }
        }
    }
}
