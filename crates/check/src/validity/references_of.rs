//! ConfigMaps and Secrets that a workload names, and who may bring what is not among the inputs.

use seatrial_model::cluster::{group_of, in_namespace};
use seatrial_model::{Object, Path, Workload};
use seatrial_report::Confidence;

use crate::Cx;

/// A ConfigMap or Secret that a workload names.
pub(crate) struct Reference<'a> {
    /// Its name.
    pub name: &'a str,
    /// The key in it, where one is named.
    pub key: Option<&'a str>,
    /// Whether the pod starts without it.
    pub optional: bool,
    /// Where it is named.
    pub path: Path,
    /// Whether it is a Secret.
    pub is_secret: bool,
}

/// Every ConfigMap and Secret that the workload names, in variables and volumes.
pub(crate) fn references(workload: &Object<Workload>) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    for (container, path) in workload.containers() {
        for (at, it) in container.env.iter().enumerate() {
            let Some(from) = &it.value_from else { continue };
            let path = path.key("env").index(at).key("valueFrom");
            let one = |it: &'_ seatrial_model::pod::KeyRef, field: &str| (it.optional, path.key(field));
            if let Some(key) = &from.secret_key_ref {
                let (optional, path) = one(key, "secretKeyRef");
                found.push(Reference { name: &key.name, key: Some(&key.key), optional, path, is_secret: true });
            }
            if let Some(key) = &from.config_map_key_ref {
                let (optional, path) = one(key, "configMapKeyRef");
                found.push(Reference { name: &key.name, key: Some(&key.key), optional, path, is_secret: false });
            }
        }
        for (at, it) in container.env_from.iter().enumerate() {
            let path = path.key("envFrom").index(at);
            for (source, field, is_secret) in [(&it.secret_ref, "secretRef", true), (&it.config_map_ref, "configMapRef", false)] {
                let Some(it) = source else { continue };
                found.push(Reference { name: &it.name, key: None, optional: it.optional, path: path.key(field).key("name"), is_secret });
            }
        }
    }
    in_volumes(workload, &mut found);
    // What a substitution fills in is not known here.
    found.retain(|it| !it.name.is_empty() && !it.name.contains('$'));
    found
}

fn in_volumes<'a>(workload: &'a Object<Workload>, found: &mut Vec<Reference<'a>>) {
    for (at, it) in workload.pod().volumes.iter().enumerate() {
        let path = workload.pod_path().key("volumes").index(at);
        if let Some(it) = &it.secret {
            found.push(Reference { name: &it.secret_name, key: None, optional: it.optional, path: path.join("secret.secretName"), is_secret: true });
        }
        if let Some(it) = &it.config_map {
            found.push(Reference { name: &it.name, key: None, optional: it.optional, path: path.join("configMap.name"), is_secret: false });
        }
        for (source, it) in it.projected.iter().flat_map(|it| it.sources.iter().enumerate()) {
            let path = path.join("projected.sources").index(source);
            for (part, field, is_secret) in [(&it.secret, "secret", true), (&it.config_map, "configMap", false)] {
                let Some(it) = part else { continue };
                found.push(Reference { name: &it.name, key: None, optional: it.optional, path: path.key(field).key("name"), is_secret });
            }
        }
    }
}

/// How sure it is that something which is not among the inputs is missing: certain in a cluster, less where somebody else may bring it.
pub(crate) fn confidence(cx: &Cx<'_>, ns: &str, name: &str) -> Confidence {
    if cx.is_live() {
        return Confidence::High;
    }
    if cx.generates_config() || is_brought(cx, ns, name) { Confidence::Low } else { Confidence::Medium }
}

/// An operator's object of a name that begins alike (`shop` for `shop-credentials`), or a certificate, brings Secrets along.
fn is_brought(cx: &Cx<'_>, ns: &str, name: &str) -> bool {
    let custom = |it: &&Object<()>| group_of(&it.api_version).contains('.') && !group_of(&it.api_version).ends_with(".k8s.io");
    in_namespace(&cx.cluster.others, ns)
        .iter()
        .filter(custom)
        .any(|it| name.starts_with(&*it.meta.name) || &*it.kind == "Certificate" || it.meta.name.contains(name))
}

/// Whether a controller among the inputs makes the Secret: an ExternalSecret's target, a SealedSecret.
pub(crate) fn makes_secret(cx: &Cx<'_>, ns: &str, name: &str) -> bool {
    cx.graph.is_secret_made(ns, name)
}
