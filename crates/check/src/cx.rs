//! What a check sees: the snapshot, its joins, the settings.

use jiff::Timestamp;
use seatrial_model::{Cluster, Graph, Object, Scope, Snapshot, Workload};

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
}

impl<'a> Cx<'a> {
    /// A context over a snapshot and its graph.
    pub fn new(snapshot: &'a Snapshot, graph: &'a Graph<'a>, settings: &'a Settings) -> Self {
        let cluster = &snapshot.cluster;
        let is_owned = |it: &&Object<Workload>| {
            let platform = snapshot.meta.scope == Scope::Cluster && settings.platform_namespaces.iter().any(|ns| ns == it.meta.ns());
            it.meta.controller().is_none() && !platform
        };
        let owned = cluster.workloads.iter().filter(is_owned).collect();
        Self { snapshot, cluster, graph, settings, owned }
    }

    /// Workloads that the user owns: those that no other object manages, outside the platform's namespaces (in a running cluster).
    pub fn workloads(&self) -> impl Iterator<Item = &'a Object<Workload>> {
        self.owned.iter().copied()
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
