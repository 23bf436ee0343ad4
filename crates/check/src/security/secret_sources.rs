//! Which Secrets come from a store outside the cluster.

use std::collections::HashSet;

use seatrial_model::kinds::config::{ExternalSecret, Secret};
use seatrial_model::{Cluster, Object};

/// The Secrets that something outside the manifests fills, by namespace and name.
pub(super) struct Outside<'a> {
    by_place: HashSet<(&'a str, &'a str)>,
    everywhere: HashSet<&'a str>,
}

impl<'a> Outside<'a> {
    /// Looks through the objects that make Secrets.
    pub fn of(cluster: &'a Cluster) -> Self {
        let mut by_place = HashSet::new();
        let mut everywhere = HashSet::new();
        for it in &cluster.external_secrets {
            if it.kind == "ClusterExternalSecret" {
                everywhere.insert(target(it));
            } else {
                by_place.insert((it.meta.ns(), target(it)));
            }
        }
        let sealed = cluster.others.iter().filter(|it| it.kind == "SealedSecret" || it.kind == "VaultStaticSecret" || it.kind == "OnePasswordItem");
        by_place.extend(sealed.map(|it| (it.meta.ns(), it.meta.name.as_str())));
        Self { by_place, everywhere }
    }

    /// Whether the Secret is filled from outside, or by a controller that makes its value itself.
    pub fn fills(&self, secret: &Object<Secret>) -> bool {
        let (ns, name) = (secret.meta.ns(), secret.meta.name.as_str());
        self.by_place.contains(&(ns, name)) || self.everywhere.contains(name) || is_managed(secret)
    }
}

/// The Secret that an ExternalSecret writes.
pub(super) fn target(it: &Object<ExternalSecret>) -> &str {
    let spec = it.spec.external_secret_spec.as_deref().unwrap_or(&it.spec);
    spec.target.name.as_deref().filter(|it| !it.is_empty()).unwrap_or(&it.meta.name)
}

/// Marks that the makers of Secrets leave: an owner, or their labels and annotations.
fn is_managed(secret: &Object<Secret>) -> bool {
    let meta = &secret.meta;
    let annotated = |prefix: &str| meta.annotations.iter().any(|(key, _)| key.starts_with(prefix));
    !meta.owner_references.is_empty()
        || meta.label("reconcile.external-secrets.io/managed").is_some()
        || meta.label("secrets-store.csi.k8s.io/managed").is_some()
        || annotated("reconcile.external-secrets.io/")
        || annotated("cert-manager.io/")
        || annotated("sealedsecrets.bitnami.com/managed")
}
