//! Conditions that divergences hold under.

use seatrial_model::{Container, Object, Workload};

use super::divergences::Files;

fn containers<'a>(it: &'a Files<'_>) -> impl Iterator<Item = (&'a Object<Workload>, &'a Container)> {
    it.snapshot.cluster.workloads.iter().flat_map(|workload| workload.pod().containers.iter().map(move |it| (workload, it)))
}

/// No container without both probes declares a port, and no Service selects pods.
pub fn nothing_is_served(it: &Files<'_>) -> bool {
    let quiet = |it: &Container| it.ports.is_empty() || (it.liveness_probe.is_some() && it.readiness_probe.is_some());
    it.snapshot.cluster.services.is_empty() && containers(it).all(|(_, it)| quiet(it))
}

/// Each container has a limit of cpu and memory where it has no request.
pub fn requests_follow_limits(it: &Files<'_>) -> bool {
    ["cpu", "memory"].into_iter().all(|name| request_follows_limit(it, name))
}

/// Each container has a limit of the resource where it has no request.
pub fn request_follows_limit(it: &Files<'_>, name: &str) -> bool {
    containers(it).all(|(_, it)| it.resources.requests.get(name).is_some() || it.resources.limits.get(name).is_some())
}

/// Some container has no limit of cpu or memory.
pub fn a_limit_is_missing(it: &Files<'_>) -> bool {
    containers(it).any(|(_, it)| ["cpu", "memory"].into_iter().any(|name| it.resources.limits.get(name).is_none()))
}

/// Each container has a limit of ephemeral storage.
pub fn ephemeral_storage_is_limited(it: &Files<'_>) -> bool {
    containers(it).all(|(_, it)| it.resources.limits.get("ephemeral-storage").is_some())
}

/// Another measure than seccomp is taken, or the pod itself says Unconfined.
pub fn is_hardened_otherwise(it: &Files<'_>) -> bool {
    let measure = ["apparmor", "seLinuxOptions", "capabilities"].into_iter().any(|word| it.text.contains(word));
    measure || it.text.contains("Unconfined")
}

/// Some image has a digest of the wrong length.
pub fn a_digest_is_cut_short(it: &Files<'_>) -> bool {
    containers(it).any(|(_, it)| it.image.split_once("@sha256:").is_some_and(|it| it.1.trim().len() != 64))
}

/// Some binding bears the name of one that the platform brings along.
pub fn a_binding_is_built_in(it: &Files<'_>) -> bool {
    let mut bindings = it.snapshot.cluster.role_bindings.iter();
    bindings.any(|it| it.meta.name.starts_with("system:") || it.meta.name.starts_with("gce:"))
}

/// Bindings grant ClusterRoles only.
pub fn bindings_grant_cluster_roles(it: &Files<'_>) -> bool {
    it.snapshot.cluster.role_bindings.iter().all(|it| it.role_ref.kind == "ClusterRole")
}

/// No workload has more than one replica.
pub fn single_pods(it: &Files<'_>) -> bool {
    it.snapshot.cluster.workloads.iter().all(|it| it.replicas.unwrap_or(1) < 2)
}

/// No binding hands a role to ServiceAccounts in the whole cluster.
pub fn no_binding_reaches_pods_everywhere(it: &Files<'_>) -> bool {
    let mut bindings = it.snapshot.cluster.role_bindings.iter();
    bindings.all(|it| it.kind == "RoleBinding" || it.subjects.iter().all(|it| it.kind != "ServiceAccount"))
}
