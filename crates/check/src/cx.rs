//! What a check sees: the snapshot, its joins, the settings.

use jiff::Timestamp;
use seatrial_model::{Cluster, Graph, Object, Quantity, Scope, Snapshot, Workload};

use crate::settings::Settings;

/// The context of a check.
pub struct Cx<'a> {
    /// Everything that was collected.
    pub snapshot: &'a Snapshot,
    /// Its Kubernetes objects, each list sorted by namespace and name.
    pub cluster: &'a Cluster,
    /// The joins between them.
    pub graph: &'a Graph<'a>,
    /// What the user decided.
    pub settings: &'a Settings,
    owned: Vec<&'a Object<Workload>>,
    largest: [(&'static str, Quantity); 2],
}

impl<'a> Cx<'a> {
    /// A context over a snapshot and its graph.
    pub fn new(snapshot: &'a Snapshot, graph: &'a Graph<'a>, settings: &'a Settings) -> Self {
        let cluster = &snapshot.cluster;
        let is_owned = |it: &&Object<Workload>| {
            let platform = snapshot.meta.scope == Scope::Cluster && settings.platform_namespaces.iter().any(|ns| ns == it.meta.ns());
            it.meta.controller().is_none() && !platform && settings.wants(it.meta.namespace.as_deref())
        };
        let owned = cluster.workloads.iter().filter(is_owned).collect();
        let largest = ["cpu", "memory"].map(|resource| {
            let all = cluster.nodes.iter().filter_map(|it| it.status.allocatable.get(resource).copied());
            (resource, all.max().unwrap_or_default())
        });
        Self { snapshot, cluster, graph, settings, owned, largest }
    }

    /// Workloads that the user owns: those that no other object manages, outside the platform's namespaces (in a running cluster).
    pub fn workloads(&self) -> impl Iterator<Item = &'a Object<Workload>> {
        self.owned.iter().copied()
    }

    /// The most `cpu` or `memory` that one node has to give; zero where no node says.
    pub fn largest_allocatable(&self, resource: &str) -> Quantity {
        self.largest.iter().find(|it| it.0 == resource).map_or(Quantity::default(), |it| it.1)
    }

    /// Whether `ns` belongs to the platform and not to the user. Never so for manifests: what is written is the user's.
    pub fn is_platform(&self, ns: &str) -> bool {
        self.snapshot.meta.scope == Scope::Cluster && self.settings.platform_namespaces.iter().any(|it| it == ns)
    }

    /// Namespaces that the user's workloads run in, sorted, each once.
    pub fn namespaces(&self) -> Vec<&'a str> {
        let mut all: Vec<&str> = self.owned.iter().map(|it| it.meta.ns()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether the snapshot is of a running cluster.
    pub fn is_live(&self) -> bool {
        self.snapshot.meta.scope == Scope::Cluster
    }

    /// "Now".
    pub fn now(&self) -> Timestamp {
        self.snapshot.meta.taken_at
    }
}
