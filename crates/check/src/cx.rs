//! What a check sees: the snapshot, its joins, the settings.

use std::collections::HashMap;

use jiff::Timestamp;
use seatrial_model::account::{Image, Repository};
use seatrial_model::cluster::group_of;
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
    images: HashMap<(&'a str, &'a str), &'a Image>,
    repositories: HashMap<&'a str, &'a Repository>,
    generates_config: bool,
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
        let all = snapshot.account.repositories.known().map_or(&[][..], Vec::as_slice);
        // Of two with one URI the first counts.
        let repositories = all.iter().rev().map(|it| (it.uri.as_str(), it)).collect();
        let images = images(all);
        let generates_config = cluster.others.iter().any(|it| group_of(&it.api_version) == "kustomize.config.k8s.io");
        Self { snapshot, cluster, graph, settings, owned, largest, images, repositories, generates_config }
    }

    /// Workloads that the user owns: those that no other object manages, outside the platform's namespaces (in a running cluster).
    pub fn workloads(&self) -> impl Iterator<Item = &'a Object<Workload>> {
        self.owned.iter().copied()
    }

    /// The most `cpu` or `memory` that one node has to give; zero where no node says.
    pub fn largest_allocatable(&self, resource: &str) -> Quantity {
        self.largest.iter().find(|it| it.0 == resource).map_or(Quantity::default(), |it| it.1)
    }

    /// The ECR repository that an image reference names.
    pub fn repository(&self, reference: &str) -> Option<&'a Repository> {
        self.repositories.get(repository_of(reference)).copied()
    }

    /// The image in ECR that a reference names by digest or by tag.
    pub fn image(&self, reference: &str) -> Option<&'a Image> {
        let uri = repository_of(reference);
        let key = match reference.split_once('@') {
            Some((_, digest)) => digest,
            None => reference[uri.len()..].strip_prefix(':').unwrap_or("latest"),
        };
        self.images.get(&(uri, key)).copied()
    }

    /// Whether Kustomize generates ConfigMaps and Secrets that stand in no file.
    pub fn generates_config(&self) -> bool {
        self.generates_config
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

/// A reference without its tag and digest; the colon of a registry's port is not a tag's.
fn repository_of(reference: &str) -> &str {
    let named = reference.split_once('@').map_or(reference, |it| it.0);
    let path = named.rfind('/').map_or(0, |it| it + 1);
    named[path..].rfind(':').map_or(named, |it| &named[..path + it])
}

/// Images by repository and digest or tag; of several the first.
fn images(repositories: &[Repository]) -> HashMap<(&str, &str), &Image> {
    let mut found = HashMap::new();
    for repository in repositories {
        for image in &repository.images {
            for key in std::iter::once(image.digest.as_str()).chain(image.tags.iter().map(|it| it.as_str())) {
                found.entry((repository.uri.as_str(), key)).or_insert(image);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::repository_of;

    #[test]
    fn tags_digests_and_ports_are_told_apart() {
        for reference in ["host:5000/a/b", "host:5000/a/b:1.0", "host:5000/a/b@sha256:1", "host:5000/a/b:1.0@sha256:1"] {
            assert_eq!(repository_of(reference), "host:5000/a/b");
        }
        assert_eq!(repository_of("nginx:1"), "nginx");
    }
}
