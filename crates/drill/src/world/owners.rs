//! From pods to what owns them, and from there to what is judged.

use std::collections::HashMap;

use seatrial_model::cluster::{Cluster, RunningPod};
use seatrial_model::{Object, Text, Workload, WorkloadKind};

use super::Kind;

/// Identity of a set: kind, namespace, name.
pub(crate) type Key = (Text, Text, Text);

/// The owner of a pod, as far as drills tell owners apart.
pub(crate) enum Owned {
    /// By a ReplicaSet or a ReplicationController, and the unit above it.
    Set { set: Key, unit: Key, kind: Kind },
    /// By something whose pods are not replaced one by one.
    Unit { unit: Key, kind: Kind },
    /// By the kubelet.
    Static,
}

/// Workloads by identity.
pub(crate) struct Owners<'a> {
    by_key: HashMap<Key, &'a Object<Workload>>,
    deployments: HashMap<&'a str, Vec<&'a Object<Workload>>>,
}

pub(crate) fn key(kind: &str, namespace: &str, name: &str) -> Key {
    (Text::new(kind), Text::new(namespace), Text::new(name))
}

impl<'a> Owners<'a> {
    pub(crate) fn new(cluster: &'a Cluster) -> Self {
        let mut by_key = HashMap::new();
        let mut deployments: HashMap<&str, Vec<&Object<Workload>>> = HashMap::new();
        for it in &cluster.workloads {
            by_key.insert(key(&it.kind, it.meta.ns(), &it.meta.name), it);
            if it.workload_kind == WorkloadKind::Deployment {
                deployments.entry(it.meta.ns()).or_default().push(it);
            }
        }
        Self { by_key, deployments }
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&'a Object<Workload>> {
        self.by_key.get(key).copied()
    }

    /// The owner of a pod.
    pub(crate) fn of(&self, pod: &Object<RunningPod>) -> Owned {
        let namespace = pod.meta.ns();
        if pod.meta.annotations.contains("kubernetes.io/config.mirror") {
            return Owned::Static;
        }
        let Some(owner) = pod.meta.controller() else {
            return Owned::Unit { unit: key("Pod", namespace, &pod.meta.name), kind: Kind::Bare };
        };
        let mine = key(&owner.kind, namespace, &owner.name);
        match owner.kind.as_str() {
            "Node" => Owned::Static,
            "ReplicaSet" => {
                let (unit, kind) = self.above_replica_set(&mine, pod);
                Owned::Set { set: mine, unit, kind }
            }
            "ReplicationController" => Owned::Set { set: mine.clone(), unit: mine, kind: Kind::ReplicaSet },
            "StatefulSet" if owner.api_version.starts_with("apps/") => Owned::Set { set: mine.clone(), unit: mine, kind: Kind::StatefulSet },
            "DaemonSet" => Owned::Unit { unit: mine, kind: Kind::Daemon },
            "Job" => {
                let cron = self.get(&mine).and_then(|it| it.meta.controller()).filter(|it| it.kind == "CronJob");
                let unit = cron.map_or(mine, |it| key("CronJob", namespace, &it.name));
                Owned::Unit { unit, kind: Kind::Batch }
            }
            _ => Owned::Unit { unit: mine, kind: Kind::Other },
        }
    }

    /// What a ReplicaSet belongs to: its owner, or the Deployment that selects the pod where the ReplicaSet itself was not read.
    pub(crate) fn above_replica_set(&self, set: &Key, pod: &Object<RunningPod>) -> (Key, Kind) {
        match self.get(set) {
            Some(object) => above(object),
            None => {
                let selects = |it: &&&Object<Workload>| it.selector.as_ref().is_some_and(|selector| selector.matches(&pod.meta.labels));
                match self.deployments.get(pod.meta.ns()).into_iter().flatten().find(selects) {
                    Some(it) => (key("Deployment", it.meta.ns(), &it.meta.name), Kind::Deployment),
                    None => (set.clone(), Kind::ReplicaSet),
                }
            }
        }
    }
}

/// The unit of a ReplicaSet object.
pub(crate) fn above(set: &Object<Workload>) -> (Key, Kind) {
    match set.meta.controller() {
        Some(owner) if owner.kind == "Deployment" => (key("Deployment", set.meta.ns(), &owner.name), Kind::Deployment),
        // Argo Rollouts and the like keep a ReplicaSet at its size just as well.
        Some(owner) => (key(&owner.kind, set.meta.ns(), &owner.name), Kind::ReplicaSet),
        None => (key(&set.kind, set.meta.ns(), &set.meta.name), Kind::ReplicaSet),
    }
}
