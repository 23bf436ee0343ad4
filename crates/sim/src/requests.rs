//! What a pod asks of a node: real requests, and the requests with defaults that scoring uses.

use seatrial_model::cluster::RunningPod;
use seatrial_model::kinds::nodes::{ContainerStatus, PodStatus};
use seatrial_model::{Container, PodSpec, Quantity, ResourceList, Text};

use crate::version::Rules;

/// Scoring assumes this much cpu (millicores) of a container that asks for none.
///
/// Source: kubernetes pkg/scheduler/util/pod_resources.go.
pub const DEFAULT_MILLICPU: i64 = 100;
/// Scoring assumes this much memory (bytes) of a container that asks for none.
pub const DEFAULT_MEMORY: i64 = 200 * 1024 * 1024;

/// How requests are added up.
#[derive(Clone, Debug, Default)]
pub struct RequestOptions {
    /// Count what the kubelet allocated and actuated.
    pub use_status: bool,
    /// The same for pod-level resources.
    pub use_pod_status: bool,
    /// Ignore pod-level resources.
    pub skip_pod_level: bool,
    /// Leave the overhead out.
    pub exclude_overhead: bool,
    /// Leave the containers out.
    pub skip_containers: bool,
    /// Amounts for containers that ask for none.
    pub defaults: ResourceList,
}

/// The amounts the scheduler works with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Request {
    /// Millicores.
    pub millicpu: i64,
    /// Bytes.
    pub memory: i64,
    /// Bytes.
    pub ephemeral_storage: i64,
    /// Extended resources, huge pages and the like, sorted by name; whole units.
    pub scalars: Vec<(Text, i64)>,
    /// Millicores that the node's score account grows by.
    pub nonzero_millicpu: i64,
    /// Bytes that the node's score account grows by.
    pub nonzero_memory: i64,
    /// Millicores that the pod itself is scored with.
    pub score_millicpu: i64,
    /// Bytes that the pod itself is scored with.
    pub score_memory: i64,
}

impl Request {
    /// The request of a pod; `status` where it runs.
    ///
    /// Source: kubernetes pkg/scheduler/framework/types.go CalculateResource, plugins/noderesources/resource_allocation.go.
    pub fn of(spec: &PodSpec, status: Option<&PodStatus>, rules: Rules) -> Self {
        let plain = RequestOptions {
            use_status: rules.in_place_resize(),
            use_pod_status: rules.in_place_pod_resize(),
            skip_pod_level: !rules.pod_level_resources(),
            ..RequestOptions::default()
        };
        let real = pod_requests(spec, status, &plain);
        // NodeResourcesFit does not tell its scorer of the gates: the pod itself is scored by its containers alone, as they are specified.
        let scored = pod_requests(spec, None, &RequestOptions { defaults: defaults(true, true), skip_pod_level: true, ..RequestOptions::default() });
        let pod_level = rules.pod_level_resources() && has_pod_level_requests(spec);
        let missing = if pod_level { defaults(!real.contains("cpu"), !real.contains("memory")) } else { defaults(true, true) };
        let nonzero = pod_requests(spec, status, &RequestOptions { defaults: missing, ..plain });
        let milli = |list: &ResourceList| list.get("cpu").map_or(0, |it| it.milli_value());
        let bytes = |list: &ResourceList, name: &str| list.get(name).map_or(0, |it| it.value());
        Self {
            millicpu: milli(&real),
            memory: bytes(&real, "memory"),
            ephemeral_storage: bytes(&real, "ephemeral-storage"),
            scalars: real.iter().filter(|(name, _)| is_scalar(name)).map(|(name, it)| (name.clone(), it.value())).collect(),
            nonzero_millicpu: milli(&nonzero),
            nonzero_memory: bytes(&nonzero, "memory"),
            score_millicpu: milli(&scored),
            score_memory: bytes(&scored, "memory"),
        }
    }

    /// The request of a pod as a snapshot holds it.
    pub fn of_running(pod: &RunningPod, rules: Rules) -> Self {
        Self::of(&pod.spec, Some(&pod.status), rules)
    }
}

fn defaults(cpu: bool, memory: bool) -> ResourceList {
    let cpu = cpu.then(|| (Text::new("cpu"), Quantity::millis(DEFAULT_MILLICPU)));
    let memory = memory.then(|| (Text::new("memory"), Quantity::units(DEFAULT_MEMORY)));
    cpu.into_iter().chain(memory).collect()
}

/// Whether the scheduler counts the resource by name.
///
/// Source: kubernetes pkg/scheduler/util/utils.go IsScalarResourceName.
pub fn is_scalar(name: &str) -> bool {
    let native = !name.contains('/') || name.contains("kubernetes.io/");
    let extended = !native && !name.starts_with("requests.");
    extended || name.starts_with("hugepages-") || name.contains("kubernetes.io/") || name.starts_with("attachable-volumes-")
}

/// Whether pods can ask for the resource as a whole.
///
/// Source: kubernetes component-helpers/resource/helpers.go IsSupportedPodLevelResource.
pub fn is_pod_level(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || name.starts_with("hugepages-")
}

fn has_pod_level_requests(spec: &PodSpec) -> bool {
    spec.resources.as_ref().is_some_and(|it| it.requests.iter().any(|(name, _)| is_pod_level(name)))
}

/// What a pod asks of a node: the larger of the containers that run together and each init step, or the pod-level amount; plus overhead.
///
/// Source: kubernetes component-helpers/resource/helpers.go PodRequests.
pub fn pod_requests(spec: &PodSpec, status: Option<&PodStatus>, options: &RequestOptions) -> ResourceList {
    let mut total = if options.skip_containers { ResourceList::default() } else { container_requests(spec, status, options) };
    if !options.skip_pod_level && has_pod_level_requests(spec) {
        override_pod_level(&mut total, spec, status, options);
    }
    if !options.exclude_overhead {
        add(&mut total, &spec.overhead);
    }
    total
}

fn override_pod_level(total: &mut ResourceList, spec: &PodSpec, status: Option<&PodStatus>, options: &RequestOptions) {
    let Some(asked) = &spec.resources else { return };
    let effective = status.filter(|_| options.use_status && options.use_pod_status).and_then(|status| {
        let actuated = status.resources.as_ref()?;
        Some(effective_requests(status, &asked.requests, &actuated.requests, &status.allocated_resources))
    });
    for (name, amount) in asked.requests.iter().filter(|(name, _)| is_pod_level(name)) {
        let amount = effective.as_ref().map_or(*amount, |it| it.get(name).copied().unwrap_or_default());
        total.insert(name.clone(), amount);
    }
}

/// The containers' part of a pod's requests.
///
/// Source: kubernetes component-helpers/resource/helpers.go AggregateContainerRequests.
pub fn container_requests(spec: &PodSpec, status: Option<&PodStatus>, options: &RequestOptions) -> ResourceList {
    let status = status.filter(|_| options.use_status);
    let mut total = ResourceList::default();
    for container in &spec.containers {
        add(&mut total, &requests_of(container, status, options));
    }
    let (mut sidecars, mut peak) = (ResourceList::default(), ResourceList::default());
    for container in &spec.init_containers {
        let sidecar = container.is_sidecar();
        let mut asked = requests_of(container, status.filter(|_| sidecar), options);
        if sidecar {
            add(&mut total, &asked);
            add(&mut sidecars, &asked);
            asked = sidecars.clone();
        } else {
            add(&mut asked, &sidecars);
        }
        raise(&mut peak, &asked);
    }
    raise(&mut total, &peak);
    total
}

fn requests_of(container: &Container, status: Option<&PodStatus>, options: &RequestOptions) -> ResourceList {
    let mut asked = match status.and_then(|it| Some((it, actuated(it, container)?))) {
        Some((pod, (of_container, actuated))) => effective_requests(pod, &container.resources.requests, actuated, &of_container.allocated_resources),
        None => container.resources.requests.clone(),
    };
    for (name, amount) in options.defaults.iter() {
        if !asked.contains(name) {
            asked.insert(name.clone(), *amount);
        }
    }
    asked
}

fn actuated<'a>(pod: &'a PodStatus, container: &Container) -> Option<(&'a ContainerStatus, &'a ResourceList)> {
    let mut all = pod.init_container_statuses.iter().chain(&pod.container_statuses);
    let found = all.rfind(|it| it.name == container.name)?;
    Some((found, &found.resources.as_ref()?.requests))
}

/// An infeasible resize does not count; any other counts with the largest of what is asked, actuated and allocated.
fn effective_requests(pod: &PodStatus, asked: &ResourceList, actuated: &ResourceList, allocated: &ResourceList) -> ResourceList {
    let pending = pod.conditions.iter().find(|it| it.kind == "PodResizePending");
    let infeasible = pending.is_some_and(|it| it.reason.as_deref() == Some("Infeasible"));
    let mut most = if infeasible { ResourceList::default() } else { asked.clone() };
    raise(&mut most, actuated);
    raise(&mut most, allocated);
    most
}

fn add(total: &mut ResourceList, more: &ResourceList) {
    for (name, amount) in more.iter() {
        let sum = total.get(name).copied().unwrap_or_default() + *amount;
        total.insert(name.clone(), sum);
    }
}

fn raise(total: &mut ResourceList, other: &ResourceList) {
    for (name, amount) in other.iter() {
        if total.get(name).is_none_or(|it| amount > it) {
            total.insert(name.clone(), *amount);
        }
    }
}

/// The most that a pod may use, as its limits add up.
///
/// Source: kubernetes component-helpers/resource/helpers.go PodLimits.
pub fn pod_limits(spec: &PodSpec, status: Option<&PodStatus>, options: &RequestOptions) -> ResourceList {
    let mut total = if options.skip_containers { ResourceList::default() } else { container_limits(spec, status, options) };
    if let Some(asked) = spec.resources.as_ref().filter(|_| !options.skip_pod_level) {
        asked.limits.iter().filter(|it| is_pod_level(it.0)).for_each(|(name, amount)| total.insert(name.clone(), *amount));
    }
    if !options.exclude_overhead {
        // Overhead is added only where there is a limit: elsewhere the pod stays unlimited.
        for (name, amount) in spec.overhead.iter() {
            if let Some(limit) = total.get(name).copied().filter(|it| !it.is_zero()) {
                total.insert(name.clone(), limit + *amount);
            }
        }
    }
    total
}

fn container_limits(spec: &PodSpec, status: Option<&PodStatus>, options: &RequestOptions) -> ResourceList {
    let status = status.filter(|_| options.use_status);
    let of = |container: &Container, running: bool| {
        let found = status.filter(|_| running).and_then(|pod| {
            let found = pod.init_container_statuses.iter().chain(&pod.container_statuses).rfind(|it| it.name == container.name)?;
            Some((pod, found.resources.as_ref()?))
        });
        match found {
            Some((pod, actuated)) => effective_requests(pod, &container.resources.limits, &actuated.limits, &ResourceList::default()),
            None => container.resources.limits.clone(),
        }
    };
    let mut total = ResourceList::default();
    spec.containers.iter().for_each(|it| add(&mut total, &of(it, true)));
    let (mut sidecars, mut peak) = (ResourceList::default(), ResourceList::default());
    for container in &spec.init_containers {
        let sidecar = container.is_sidecar();
        let mut limit = of(container, sidecar);
        if sidecar {
            add(&mut total, &limit);
            add(&mut sidecars, &limit);
            limit = sidecars.clone();
        } else {
            add(&mut limit, &sidecars);
        }
        raise(&mut peak, &limit);
    }
    raise(&mut total, &peak);
    total
}
