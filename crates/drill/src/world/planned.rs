//! Workloads without pods: what their controllers would make of them, for the scheduler to place.

use std::collections::HashMap;
use std::sync::Arc;

use seatrial_model::Condition;
use seatrial_model::cluster::{Cluster, RunningPod, find, in_namespace};
use seatrial_model::graph::ScaledBy;
use seatrial_model::kinds::nodes::PodStatus;
use seatrial_model::kinds::storage::{PersistentVolumeClaim, StorageClass};
use seatrial_model::pod::{ClaimSource, Volume};
use seatrial_model::{Graph, Labels, Meta, Object, OwnerReference, PodSpec, Scope, Text, Workload, WorkloadKind};

use super::owners::{Key, key};
use crate::cron::Cron;

/// More pods than this of one workload are a slip of the finger or an attack.
pub(crate) const MOST_PODS: i64 = 20_000;
/// The class that claims without one get where the inputs hold none.
const ASSUMED_CLASS: &str = "assumed-gp3";

/// What was found out of the objects' relations while the pods were planned.
pub(crate) struct Planned {
    /// CronJobs that are not suspended.
    pub(crate) crons: Vec<Cron>,
    /// The most pods that the autoscaler of a workload may make, by workload.
    pub(crate) most: HashMap<Key, i64>,
}

/// Makes pods for workloads that have none though they should: those of manifests, and those whose status says that they run.
pub(crate) fn plan(cluster: &mut Cluster, scope: Scope, assumptions: &mut Vec<String>) -> Planned {
    let graph = Graph::new(cluster);
    let found = Planned { crons: crate::cron::crons(&graph), most: most(&graph) };
    let (mut pods, mut claims, mut sets, mut planned, mut numbers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for it in &cluster.workloads {
        if !matches!(it.workload_kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet) || !graph.pods_of(it).is_empty() {
            continue;
        }
        // A manifest among what was read of a cluster: no API server has given it a uid, and no pod is its own.
        let selects = |pod: &&Object<RunningPod>| it.selector.as_ref().is_some_and(|it| it.matches(&pod.meta.labels));
        let is_manifest = scope == Scope::Manifests || (it.meta.uid.is_none() && !in_namespace(&cluster.pods, it.meta.ns()).iter().any(|it| selects(&it)));
        let wanted = if is_manifest { manifested(&graph, it) } else { it.status.ready_replicas.unwrap_or(0) };
        if wanted <= 0 {
            continue;
        }
        let (more, their_claims) = pods_of(&graph, it, wanted);
        if it.workload_kind == WorkloadKind::Deployment {
            let mut set = replica_set(it);
            set.it.replicas = Some(wanted);
            sets.push(set);
        }
        planned.push(it.object_ref().to_string());
        numbers.push((key(&it.kind, it.meta.ns(), &it.meta.name), wanted));
        pods.extend(more);
        claims.extend(their_claims);
    }
    if !planned.is_empty() {
        let why = if scope == Scope::Manifests { "made from the manifests" } else { "not among the inputs, and made from what their controllers say" };
        assumptions.push(format!("{} pods of {} workloads were {why}: the scheduler placed them", pods.len(), planned.len()));
    }
    let numbers: HashMap<Key, i64> = numbers.into_iter().collect();
    for it in &mut cluster.workloads {
        if let Some(wanted) = numbers.get(&key(&it.kind, it.meta.ns(), &it.meta.name)) {
            it.it.replicas = Some(*wanted);
        }
    }
    cluster.pods.extend(pods);
    claims.retain(|it| find(&cluster.persistent_volume_claims, it.meta.ns(), &it.meta.name).is_none());
    cluster.persistent_volume_claims.extend(claims);
    cluster.workloads.extend(sets);
    let classes = missing_classes(cluster);
    if !classes.is_empty() {
        let names: Vec<&str> = classes.iter().map(|it| &*it.meta.name).collect();
        assumptions.push(format!("storage classes {} are taken for zonal EBS volumes that wait for their first pod", names.join(", ")));
    }
    cluster.storage_classes.extend(classes);
    // Whoever looks for an object does so by bisection.
    cluster.sort();
    found
}

/// How many pods a manifest comes to: within its autoscaler's bounds, which the API server's copy would have been brought to.
fn manifested(graph: &Graph<'_>, it: &Object<Workload>) -> i64 {
    let bounds = graph.replicas_of(it);
    match bounds.by {
        // Scaled to nothing by hand: its autoscaler is off.
        ScaledBy::Hpa(_) if it.replicas == Some(0) && bounds.min > 0 => 0,
        ScaledBy::Hpa(_) => it.replicas.unwrap_or(bounds.min).clamp(bounds.min, bounds.max),
        _ => it.replicas.unwrap_or(bounds.min),
    }
}

fn most(graph: &Graph<'_>) -> HashMap<Key, i64> {
    let of = |it: &Object<Workload>| {
        let replicas = graph.replicas_of(it);
        (!matches!(replicas.by, ScaledBy::Itself)).then(|| (key(&it.kind, it.meta.ns(), &it.meta.name), replicas.max))
    };
    graph.cluster().workloads.iter().filter_map(of).collect()
}

/// The pods that a workload lacks: all of them, Ready, without a node. Also makes its claims.
fn pods_of(graph: &Graph<'_>, workload: &Object<Workload>, count: i64) -> (Vec<Object<RunningPod>>, Vec<Object<PersistentVolumeClaim>>) {
    let cluster = graph.cluster();
    let spec = spec(graph, workload);
    let (mut pods, mut claims) = (Vec::new(), Vec::new());
    let stateful = workload.workload_kind == WorkloadKind::StatefulSet;
    for at in 0..count.clamp(0, MOST_PODS) {
        let name: Text = if stateful { format!("{}-{at}", workload.meta.name) } else { format!("{}-planned-{at}", workload.meta.name) }.into();
        let mut mine = spec.clone();
        if stateful && !workload.volume_claim_templates.is_empty() {
            let spec = Arc::make_mut(&mut mine);
            for template in &workload.volume_claim_templates {
                let claim: Text = format!("{}-{name}", template.metadata.name).into();
                let source = ClaimSource { claim_name: claim.clone(), read_only: false };
                spec.volumes.push(Volume { name: template.metadata.name.clone(), persistent_volume_claim: Some(source), ..Volume::default() });
                let meta = Meta { name: claim, namespace: Some(workload.meta.ns().into()), ..Meta::default() };
                let mut it = PersistentVolumeClaim { spec: template.spec.clone(), ..PersistentVolumeClaim::default() };
                if it.spec.storage_class_name.is_none() {
                    it.spec.storage_class_name = Some(default_class(cluster));
                }
                claims.push(Object { api_version: "v1".into(), kind: "PersistentVolumeClaim".into(), meta, origin: None, it });
            }
        }
        pods.push(pod(workload, name, mine));
    }
    (pods, claims)
}

fn pod(workload: &Object<Workload>, name: Text, spec: Arc<PodSpec>) -> Object<RunningPod> {
    let owner = OwnerReference {
        api_version: "apps/v1".into(),
        kind: if workload.workload_kind == WorkloadKind::Deployment { "ReplicaSet".into() } else { workload.kind.clone() },
        name: set_name(workload),
        controller: true,
        ..OwnerReference::default()
    };
    let meta =
        Meta { name, namespace: Some(workload.meta.ns().into()), labels: workload.pod_labels().clone(), owner_references: vec![owner], ..Meta::default() };
    let ready = Condition { kind: "Ready".into(), status: "True".into(), ..Condition::default() };
    let status = PodStatus { phase: Some("Running".into()), conditions: vec![ready], ..PodStatus::default() };
    Object { api_version: "v1".into(), kind: "Pod".into(), meta, origin: None, it: RunningPod { spec, node_name: None, status } }
}

/// The ReplicaSet that a Deployment's planned pods belong to; the workload itself for others.
fn set_name(workload: &Object<Workload>) -> Text {
    if workload.workload_kind == WorkloadKind::Deployment { format!("{}-planned", workload.meta.name).into() } else { workload.meta.name.clone() }
}

/// The ReplicaSet of a Deployment that has none.
fn replica_set(deployment: &Object<Workload>) -> Object<Workload> {
    let owner = OwnerReference {
        api_version: "apps/v1".into(),
        kind: "Deployment".into(),
        name: deployment.meta.name.clone(),
        controller: true,
        ..OwnerReference::default()
    };
    let mut it = deployment.clone();
    it.kind = "ReplicaSet".into();
    it.it.workload_kind = WorkloadKind::ReplicaSet;
    it.meta.name = set_name(deployment);
    it.meta.owner_references = vec![owner];
    it
}

/// The template as admission completes it: priority of its class, defaults of LimitRanges, tolerations.
pub(crate) fn spec(graph: &Graph<'_>, workload: &Object<Workload>) -> Arc<PodSpec> {
    let mut spec = workload.template.spec.clone();
    let namespace = workload.meta.ns();
    for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
        for resource in ["cpu", "memory"] {
            if let Some(amount) = graph.effective_request(namespace, container, resource)
                && !container.resources.requests.contains(resource)
            {
                container.resources.requests.insert(resource.into(), amount);
            }
        }
    }
    spec.priority = spec.priority.or_else(|| priority(graph.cluster(), spec.priority_class_name.as_deref()));
    Arc::new(spec)
}

/// The number of a priority class, of the default one where none is named.
///
/// Source: kubernetes pkg/apis/scheduling/helpers.go (the two system classes).
fn priority(cluster: &Cluster, name: Option<&str>) -> Option<i32> {
    match name {
        Some("system-cluster-critical") => Some(2_000_000_000),
        Some("system-node-critical") => Some(2_000_001_000),
        Some(name) => cluster.priority_classes.iter().find(|it| it.meta.name == *name).map(|it| i32::try_from(it.value).unwrap_or(i32::MAX)),
        None => cluster.priority_classes.iter().find(|it| it.global_default).map(|it| i32::try_from(it.value).unwrap_or(i32::MAX)),
    }
}

/// The storage class of claims that name none.
fn default_class(cluster: &Cluster) -> Text {
    let is_default = |it: &&Object<StorageClass>| it.meta.annotation("storageclass.kubernetes.io/is-default-class") == Some("true");
    cluster.storage_classes.iter().find(is_default).map_or_else(|| ASSUMED_CLASS.into(), |it| it.meta.name.clone())
}

/// Classes that planned claims name and the inputs do not hold: zonal EBS volumes that wait for their first pod.
fn missing_classes(cluster: &Cluster) -> Vec<Object<StorageClass>> {
    let mut names: Vec<&Text> =
        cluster.persistent_volume_claims.iter().filter(|it| it.origin.is_none()).filter_map(|it| it.spec.storage_class_name.as_ref()).collect();
    names.sort();
    names.dedup();
    let missing = names.into_iter().filter(|name| !cluster.storage_classes.iter().any(|it| it.meta.name == **name));
    missing
        .map(|name| Object {
            api_version: "storage.k8s.io/v1".into(),
            kind: "StorageClass".into(),
            meta: Meta { name: name.clone(), labels: Labels::default(), ..Meta::default() },
            origin: None,
            it: StorageClass { provisioner: "ebs.csi.aws.com".into(), volume_binding_mode: Some("WaitForFirstConsumer".into()), ..StorageClass::default() },
        })
        .collect()
}
