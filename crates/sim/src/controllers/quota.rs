//! Quotas: what a pod counts as, which quotas look at it, and what is exceeded.
//!
//! Source: kubernetes pkg/quota/v1/evaluator/core/pods.go, plugin/pkg/admission/resourcequota/controller.go.

use seatrial_model::kinds::nodes::PodStatus;
use seatrial_model::kinds::scaling::{ResourceQuota, ScopeRequirement};
use seatrial_model::{PodSpec, Quantity, ResourceList, Text};

use crate::requests::{RequestOptions, is_pod_level, pod_limits, pod_requests};

/// A ResourceQuota as far as pods go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quota {
    /// Name.
    pub name: Text,
    /// What all pods together may count as.
    pub hard: ResourceList,
    /// Which pods it looks at: all of these must match.
    pub scopes: Vec<ScopeRequirement>,
}

impl Quota {
    /// The quota of an object.
    pub fn of(name: &Text, quota: &ResourceQuota) -> Self {
        let plain = quota.spec.scopes.iter().map(|it| ScopeRequirement { scope_name: it.clone(), operator: "Exists".into(), values: Vec::new() });
        let selected = quota.spec.scope_selector.iter().flat_map(|it| it.match_expressions.clone());
        Self { name: name.clone(), hard: quota.spec.hard.clone(), scopes: plain.chain(selected).collect() }
    }

    /// Whether it looks at such a pod.
    pub fn matches(&self, spec: &PodSpec) -> bool {
        self.scopes.iter().all(|it| pod_matches_scope(spec, it))
    }
}

/// Whether a pod is in a scope.
pub fn pod_matches_scope(spec: &PodSpec, scope: &ScopeRequirement) -> bool {
    let terminating = spec.active_deadline_seconds.is_some_and(|it| it >= 0);
    match &*scope.scope_name {
        "Terminating" => terminating,
        "NotTerminating" => !terminating,
        "BestEffort" => is_best_effort(spec),
        "NotBestEffort" => !is_best_effort(spec),
        "PriorityClass" => requirement_matches(scope, spec.priority_class_name.as_deref().filter(|it| !it.is_empty())),
        "CrossNamespacePodAffinity" => crosses_namespaces(spec),
        _ => false,
    }
}

/// Whether a name, or its absence, meets the operator and values of a scope.
pub fn requirement_matches(scope: &ScopeRequirement, name: Option<&str>) -> bool {
    let listed = name.is_some_and(|name| scope.values.iter().any(|it| **it == *name));
    match &*scope.operator {
        "Exists" => name.is_some(),
        "DoesNotExist" => name.is_none(),
        "In" => listed,
        "NotIn" => !listed,
        _ => false,
    }
}

/// No container and no pod-level amount asks for cpu or memory.
fn is_best_effort(spec: &PodSpec) -> bool {
    let asks = |it: &ResourceList| ["cpu", "memory"].iter().any(|name| it.get(name).is_some_and(|it| *it > Quantity::units(0)));
    let containers = spec.containers.iter().chain(&spec.init_containers).map(|it| &it.resources);
    let pod = spec.resources.as_ref().is_some_and(|it| asks(&it.requests) || asks(&it.limits));
    !pod && containers.into_iter().all(|it| !asks(&it.requests) && !asks(&it.limits))
}

fn crosses_namespaces(spec: &PodSpec) -> bool {
    let Some(affinity) = &spec.affinity else { return false };
    let pod = affinity.pod_affinity.iter();
    let anti = affinity.pod_anti_affinity.iter();
    let terms = pod
        .flat_map(|it| {
            let preferred = it.preferred_during_scheduling_ignored_during_execution.iter().map(|it| &it.pod_affinity_term);
            it.required_during_scheduling_ignored_during_execution.iter().chain(preferred)
        })
        .chain(anti.flat_map(|it| {
            let preferred = it.preferred_during_scheduling_ignored_during_execution.iter().map(|it| &it.pod_affinity_term);
            it.required_during_scheduling_ignored_during_execution.iter().chain(preferred)
        }));
    terms.into_iter().any(|it| !it.namespaces.is_empty() || it.namespace_selector.is_some())
}

/// What a pod counts as, by the names under which quotas limit it; `status` where resizes are to count.
pub fn pod_usage(spec: &PodSpec, status: Option<&PodStatus>) -> ResourceList {
    let options = RequestOptions { use_status: status.is_some(), use_pod_status: status.is_some(), ..RequestOptions::default() };
    let mut usage = ResourceList::default();
    usage.insert("count/pods".into(), Quantity::units(1));
    // A pod that has ended counts as an object only.
    if status.is_some_and(|it| matches!(it.phase.as_deref(), Some("Succeeded" | "Failed"))) {
        return usage;
    }
    usage.insert("pods".into(), Quantity::units(1));
    for (name, amount) in pod_requests(spec, status, &options).iter() {
        match &**name {
            "cpu" | "memory" | "ephemeral-storage" => {
                usage.insert(name.clone(), *amount);
                usage.insert(format!("requests.{name}").into(), *amount);
            }
            huge if huge.starts_with("hugepages-") => {
                usage.insert(name.clone(), *amount);
                usage.insert(format!("requests.{huge}").into(), *amount);
            }
            extended if is_extended(extended) => usage.insert(format!("requests.{extended}").into(), *amount),
            _ => {}
        }
    }
    for (name, amount) in pod_limits(spec, status, &options).iter().filter(|it| matches!(&**it.0, "cpu" | "memory" | "ephemeral-storage")) {
        usage.insert(format!("limits.{name}").into(), *amount);
    }
    usage
}

/// A resource that neither Kubernetes nor a quota's prefix names.
fn is_extended(name: &str) -> bool {
    let device = name.starts_with("deviceclass.resource.kubernetes.io/");
    device || (name.contains('/') && !name.contains("kubernetes.io/") && !name.starts_with("requests."))
}

/// A pod that says nothing of a compute resource which a quota limits is refused: the containers that do not, by name.
///
/// # Errors
/// `must specify` and the resources with the containers that lack them.
pub fn specifies(spec: &PodSpec, required: &[Text]) -> Result<(), String> {
    let mut missing: std::collections::BTreeMap<&str, std::collections::BTreeSet<&str>> = std::collections::BTreeMap::new();
    // Pod-level amounts speak for all containers.
    let asks = |it: &ResourceList| it.iter().any(|(name, _)| is_pod_level(name));
    if spec.resources.as_ref().is_some_and(|it| asks(&it.requests) || asks(&it.limits)) {
        return Ok(());
    }
    for container in spec.containers.iter().chain(&spec.init_containers) {
        let set = names_of(&container.resources.requests, &container.resources.limits);
        for name in required.iter().filter(|it| is_checked(it) && !set.iter().any(|other| *other == ***it)) {
            missing.entry(name).or_default().insert(&container.name);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let of =
        |(name, containers): (&&str, &std::collections::BTreeSet<&str>)| format!("{name} for: {}", containers.iter().copied().collect::<Vec<_>>().join(","));
    Err(format!("must specify {}", missing.iter().map(of).collect::<Vec<_>>().join("; ")))
}

fn is_checked(name: &str) -> bool {
    matches!(name.strip_prefix("requests.").or_else(|| name.strip_prefix("limits.")).unwrap_or(name), "cpu" | "memory")
}

fn names_of(requests: &ResourceList, limits: &ResourceList) -> Vec<String> {
    let asked = requests.iter().flat_map(|(name, _)| [name.to_string(), format!("requests.{name}")]);
    asked.chain(limits.iter().map(|(name, _)| format!("limits.{name}"))).collect()
}

/// Whether one more pod keeps within a quota, given what the pods there are count as.
///
/// # Errors
/// What is missing in the specification, or what would be exceeded, in Kubernetes' own words.
pub fn excess(quota: &Quota, used: impl Iterator<Item = ResourceList>, spec: &PodSpec) -> Result<(), String> {
    let limited: Vec<Text> = quota.hard.iter().map(|it| it.0.clone()).collect();
    specifies(spec, &limited).map_err(|why| format!("failed quota: {}: {why}", quota.name))?;
    let asked = pod_usage(spec, None);
    let mut total = ResourceList::default();
    for usage in used {
        for (name, amount) in usage.iter().filter(|it| quota.hard.contains(it.0)) {
            let sum = total.get(name).copied().unwrap_or_default() + *amount;
            total.insert(name.clone(), sum);
        }
    }
    for (name, hard) in quota.hard.iter() {
        let Some(more) = asked.get(name) else { continue };
        let held = total.get(name).copied().unwrap_or_default();
        if held + *more > *hard {
            return Err(format!("exceeded quota: {}, requested: {name}={more}, used: {name}={held}, limited: {name}={hard}", quota.name));
        }
    }
    Ok(())
}
