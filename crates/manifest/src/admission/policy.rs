//! Budgets, quotas, limits and priorities.

use super::judge::{Judge, percentage};
use super::resources::amounts;
use super::selectors::{selector, values_of};
use super::syntax;
use crate::at::At;

/// Which pods a quota may count.
const SCOPES: [&str; 7] =
    ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass"];

/// Highest priority that a class of one's own may have.
const HIGHEST: i64 = 1_000_000_000;

/// Judges a PodDisruptionBudget's spec.
pub(super) fn disruption_budget(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    let (available, unavailable) = (spec.key("minAvailable"), spec.key("maxUnavailable"));
    if available.is_set() && unavailable.is_set() {
        it.refuse(&unavailable, "`maxUnavailable` must not be set beside `minAvailable`");
    }
    for at in [&available, &unavailable] {
        it.amount_or_percentage(at);
        if at.text().and_then(percentage).is_some_and(|it| it > 100) {
            it.refuse(at, format!("`{}` must be at most 100%", at.name()));
        }
    }
    selector(it, &spec.key("selector"));
    it.one_of(&spec.key("unhealthyPodEvictionPolicy"), &["IfHealthyBudget", "AlwaysAllow"]);
}

/// Judges a ResourceQuota's spec.
pub(super) fn resource_quota(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    amounts(it, &spec.key("hard"), is_quota_resource, "a countable resource such as pods, requests.cpu, limits.memory or count/deployments.apps");
    for scope in spec.key("scopes").items() {
        it.one_of(&scope, &SCOPES);
    }
    for requirement in spec.key("scopeSelector").key("matchExpressions").items() {
        let (scope, operator, values) = (requirement.key("scopeName"), requirement.key("operator"), requirement.key("values"));
        it.one_of(&scope, &SCOPES);
        it.one_of(&operator, &["In", "NotIn", "Exists", "DoesNotExist"]);
        values_of(it, operator.str(), &values);
    }
}

fn is_quota_resource(name: &str) -> bool {
    const PLAIN: [&str; 13] = [
        "cpu",
        "memory",
        "ephemeral-storage",
        "pods",
        "services",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "services.nodeports",
        "services.loadbalancers",
        "storage",
    ];
    let computed = name.strip_prefix("requests.").or_else(|| name.strip_prefix("limits.")).unwrap_or("");
    let of_compute = matches!(computed, "cpu" | "memory" | "ephemeral-storage" | "storage") || computed.starts_with("hugepages-");
    PLAIN.contains(&name) || of_compute || name.starts_with("hugepages-") || (name.contains('/') && syntax::is_qualified_name(name))
}

/// Judges a LimitRange's spec.
pub(super) fn limit_range(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    let limits = spec.key("limits");
    it.unique(&limits, "type");
    for limit in limits.items() {
        let kind = limit.key("type");
        it.notation(
            &kind,
            |it| matches!(it, "Pod" | "Container" | "PersistentVolumeClaim") || it.contains('/'),
            "Pod, Container, PersistentVolumeClaim or a name with a domain",
        );
        if kind.str() == "Pod" {
            it.forbid(&limit.key("default"), "with `type: Pod`");
            it.forbid(&limit.key("defaultRequest"), "with `type: Pod`");
        }
        for (low, high) in
            [("min", "max"), ("min", "defaultRequest"), ("min", "default"), ("defaultRequest", "max"), ("defaultRequest", "default"), ("default", "max")]
        {
            ordered(it, &limit.key(low), &limit.key(high));
        }
    }
}

/// Each amount of `low` must not exceed that of `high`.
fn ordered(it: &mut Judge<'_>, low: &At<'_, '_>, high: &At<'_, '_>) {
    for entry in low.entries().iter() {
        let name = low.tree.text(entry.key).unwrap_or("");
        let value = low.entry(name, entry.value);
        let most = high.key(name);
        if let (Some(a), Some(b)) = (value.quantity(), most.quantity())
            && a > b
        {
            it.refuse(&value, format!("`{}` of {name} must not exceed `{}` {}", low.name(), high.name(), most.str()));
        }
    }
}

/// Judges a PriorityClass.
pub(super) fn priority_class(it: &mut Judge<'_>, object: &At<'_, '_>) {
    let (metadata, value) = (object.key("metadata"), object.key("value"));
    let name = metadata.key("name");
    let is_system = matches!(name.str(), "system-node-critical" | "system-cluster-critical");
    if name.str().starts_with("system-") && !is_system {
        it.refuse(&name, "`name` must not begin with `system-`, which is kept for the system's own classes");
    }
    if !is_system && value.int().is_some_and(|it| it > HIGHEST) {
        it.refuse(&value, format!("`value` must be at most {HIGHEST}"));
    }
    it.one_of(&object.key("preemptionPolicy"), &["Never", "PreemptLowerPriority"]);
}
