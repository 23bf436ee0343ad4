//! The stores that ExternalSecrets read from.

use seatrial_model::cluster::find_all;
use seatrial_model::kinds::config::{AwsProvider, ExternalSecret, ExternalSecretSpec, SecretStore, StoreRef};
use seatrial_model::{Cluster, Object, Path};

/// The specification, unwrapped from a ClusterExternalSecret, and its path.
pub(super) fn spec_of(it: &Object<ExternalSecret>) -> (&ExternalSecretSpec, Path) {
    match it.spec.external_secret_spec.as_deref() {
        Some(inner) => (inner, Path::of("spec.externalSecretSpec")),
        None => (&it.spec, Path::of("spec")),
    }
}

/// The stores that the ExternalSecret names, with the paths of the names.
pub(super) fn named_by(it: &Object<ExternalSecret>) -> Vec<(&StoreRef, Path)> {
    let (spec, path) = spec_of(it);
    let mut found = Vec::new();
    if !spec.secret_store_ref.name.is_empty() {
        found.push((&spec.secret_store_ref, path.join("secretStoreRef.name")));
    }
    let own = spec.data.iter().map(|it| &it.source_ref).enumerate().map(|it| ("data", it));
    let from = spec.data_from.iter().map(|it| &it.source_ref).enumerate().map(|it| ("dataFrom", it));
    for (list, (at, source)) in own.chain(from) {
        if let Some(store) = source.as_ref().and_then(|it| it.store_ref.as_ref()).filter(|it| !it.name.is_empty()) {
            found.push((store, path.key(list).index(at).join("sourceRef.storeRef.name")));
        }
    }
    found
}

/// The kind of store that is meant: SecretStore where none is written.
pub(super) fn kind(store: &StoreRef) -> &str {
    store.kind.as_deref().filter(|it| !it.is_empty()).unwrap_or("SecretStore")
}

/// The store among the inputs.
pub(super) fn find<'a>(cluster: &'a Cluster, ns: &str, store: &StoreRef) -> Option<&'a Object<SecretStore>> {
    let kind = kind(store);
    // Objects without a namespace stand under `default`.
    let ns = if kind == "ClusterSecretStore" { "default" } else { ns };
    find_all(&cluster.secret_stores, ns, &store.name).iter().find(|it| it.kind == kind)
}

/// Stores of AWS, with their settings.
pub(super) fn aws(cluster: &Cluster) -> impl Iterator<Item = (&Object<SecretStore>, &AwsProvider)> {
    cluster.secret_stores.iter().filter_map(|it| Some((it, it.spec.provider.aws.as_ref()?)))
}
