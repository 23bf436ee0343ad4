//! What the API server's own validation refuses, one file per family of kinds.
//!
//! Only what one object tells by itself; the rules are Kubernetes' behaviour in 1.33 to 1.37, with default feature gates.
//! Source: kubernetes v1.36 pkg/apis/*/validation, default values from pkg/apis/*/v1/defaults.go.

mod access;
mod autoscaling;
mod claims;
mod config;
mod containers;
mod crd;
mod ingress;
mod judge;
mod metadata;
mod network_policy;
mod placement;
mod pods;
mod policy;
mod probes;
mod resources;
mod security;
mod selectors;
mod services;
mod storage;
pub(crate) mod syntax;
mod volumes;
mod webhooks;
mod workloads;

#[cfg(test)]
mod tests;

use seatrial_model::Version;

use crate::at::At;
use crate::schema::Violation;
use judge::Judge;

/// Adds what validation refuses in an object of a served kind.
pub(crate) fn judge(object: &At<'_, '_>, api_version: &str, kind: &str, version: Version, out: &mut Vec<Violation>) {
    let group = api_version.split_once('/').map_or("", |it| it.0);
    let mut it = Judge { out, version };
    metadata::judge(&mut it, object, group, kind);
    match (group, kind) {
        ("", "Pod") => pods::pod(&mut it, object),
        ("", "PodTemplate") => pods::template(&mut it, &object.key("template"), None),
        ("", "ReplicationController") => workloads::replication_controller(&mut it, &object.key("spec")),
        ("apps", "Deployment") => workloads::deployment(&mut it, &object.key("spec")),
        ("apps", "ReplicaSet") => workloads::replica_set(&mut it, &object.key("spec")),
        ("apps", "DaemonSet") => workloads::daemon_set(&mut it, &object.key("spec")),
        ("apps", "StatefulSet") => workloads::stateful_set(&mut it, &object.key("spec")),
        ("batch", "Job") => workloads::job(&mut it, &object.key("spec")),
        ("batch", "CronJob") => workloads::cron_job(&mut it, object),
        ("", "Service") => services::service(&mut it, object),
        ("networking.k8s.io", "Ingress") => ingress::ingress(&mut it, object),
        ("networking.k8s.io", "IngressClass") => ingress::class(&mut it, &object.key("spec")),
        ("networking.k8s.io", "NetworkPolicy") => network_policy::judge(&mut it, &object.key("spec")),
        ("rbac.authorization.k8s.io", "Role") => access::role(&mut it, object, true),
        ("rbac.authorization.k8s.io", "ClusterRole") => access::role(&mut it, object, false),
        ("rbac.authorization.k8s.io", "RoleBinding") => access::binding(&mut it, object, true),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding") => access::binding(&mut it, object, false),
        ("", "ConfigMap") => config::config_map(&mut it, object),
        ("", "Secret") => config::secret(&mut it, object),
        ("", "LimitRange") => policy::limit_range(&mut it, &object.key("spec")),
        ("", "ResourceQuota") => policy::resource_quota(&mut it, &object.key("spec")),
        ("policy", "PodDisruptionBudget") => policy::disruption_budget(&mut it, &object.key("spec")),
        ("scheduling.k8s.io", "PriorityClass") => policy::priority_class(&mut it, object),
        ("node.k8s.io", "RuntimeClass") => it.label(&object.key("handler")),
        ("", "PersistentVolumeClaim") => claims::claim(&mut it, &object.key("spec")),
        ("", "PersistentVolume") => storage::volume(&mut it, &object.key("spec")),
        ("storage.k8s.io", "StorageClass") => storage::class(&mut it, object),
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaling::judge(&mut it, &object.key("spec")),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => crd::definition(&mut it, object),
        ("apiregistration.k8s.io", "APIService") => crd::api_service(&mut it, object),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration") => webhooks::judge(&mut it, object, false),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration") => webhooks::judge(&mut it, object, true),
        _ => {}
    }
}
