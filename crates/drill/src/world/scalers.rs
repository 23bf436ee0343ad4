//! Horizontal autoscalers of workloads: what each goes by, how much of it all pods together show, and which leave their number alone.

use std::collections::BTreeMap;

use seatrial_model::cluster::Cluster;
use seatrial_model::kinds::scaling::{HorizontalPodAutoscaler, ResourceMetric};
use seatrial_model::{Object, PodSpec, Quantity, Text};
use seatrial_sim::controllers::pod_autoscaler::requests;
use seatrial_sim::controllers::rehearsal::AutoscalerSpec;

use super::{Kind, World};

/// Cpu in percent of the request, where an autoscaler names no metric.
///
/// Source: kubernetes pkg/apis/autoscaling/v2/defaults.go.
const DEFAULT_TARGET: i64 = 80;

/// An autoscaler whose metric can be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaler {
    /// The unit that it scales.
    pub unit: usize,
    /// Its name; its namespace is that of the unit.
    pub name: Text,
    /// What it measures: `cpu` or `memory`.
    pub resource: Text,
    /// What it goes by: each pod is to show percent of its request, or thousandths of an amount.
    pub spec: AutoscalerSpec,
}

impl Scaler {
    /// How many replicas so many times the load asks for, whatever `maxReplicas` is.
    pub fn wanted(&self, times: f64) -> i64 {
        // A hundredth of a pod is the error of the arithmetic, and not a pod.
        (self.spec.load * times / self.spec.per_pod - 0.01).ceil().max(1.0) as i64
    }
}

/// One metric of an autoscaler.
struct Measure {
    resource: Text,
    container: Text,
    per_pod: f64,
    most: Option<f64>,
    unmeasured: f64,
    /// What a pod shows on average, as the status tells it.
    reading: Option<f64>,
}

/// Finds the autoscalers that can be simulated, and says of the others why their number of pods stays as it is.
pub(crate) fn find(world: &mut World, cluster: &Cluster) {
    let units: BTreeMap<&str, usize> = world.units.iter().enumerate().map(|(at, it)| (it.object.as_str(), at)).collect();
    let mut of_unit: BTreeMap<usize, Vec<&Object<HorizontalPodAutoscaler>>> = BTreeMap::new();
    for it in &cluster.horizontal_pod_autoscalers {
        let target = &it.spec.scale_target_ref;
        let object = format!("{} {}/{}", target.kind.as_deref().unwrap_or("Deployment"), it.meta.ns(), target.name);
        if let Some(unit) = units.get(object.as_str()).filter(|it| world.units[**it].before > 0) {
            of_unit.entry(*unit).or_default().push(it);
        }
    }
    let (mut found, mut held, mut assumed) = (Vec::new(), Held::default(), Vec::new());
    for (unit, all) in &of_unit {
        for it in all {
            let read = if all.len() > 1 { Err("more than one of them scales the same pods".to_owned()) } else { scaler(world, *unit, it) };
            match read {
                Ok((scaler, is_read)) => {
                    assumed.extend((!is_read).then(|| format!("{}/{}", it.meta.ns(), it.meta.name)));
                    found.push(scaler);
                }
                Err(why) => held.add("HorizontalPodAutoscaler", it.meta.ns(), &it.meta.name, why),
            }
        }
    }
    for it in cluster.scaled_objects.iter().filter(|it| it.kind == "ScaledObject") {
        let target = &it.spec.scale_target_ref;
        let object = format!("{} {}/{}", target.kind.as_deref().unwrap_or("Deployment"), it.meta.ns(), target.name);
        if units.get(object.as_str()).is_some_and(|it| !of_unit.contains_key(it)) {
            let kinds: Vec<&str> = it.spec.triggers.iter().map(|it| it.kind.as_str()).collect();
            let why = format!("what KEDA reads of its triggers ({}) is not among the inputs", kinds.join(", "));
            held.add("ScaledObject", it.meta.ns(), &it.meta.name, why);
        }
    }
    if !found.is_empty() {
        let more =
            "the load of a workload stays the same while its pods come and go: fewer of them get more of it each, and its HorizontalPodAutoscaler acts on that";
        world.facts.assumptions.push(more.to_owned());
    }
    if !assumed.is_empty() {
        let (plural, whose) = if assumed.len() == 1 { ("", "its") } else { ("s", "their") };
        let names = few(&assumed);
        world.facts.assumptions.push(format!(
            "HorizontalPodAutoscaler{plural} {names}: the inputs hold no reading of {whose} metric, so each pod is taken to stand at its target"
        ));
    }
    world.facts.assumptions.extend(held.sentences());
    world.facts.scalers = found;
}

/// Autoscalers that leave the number of pods as it is, by kind and reason.
#[derive(Default)]
struct Held(BTreeMap<(&'static str, String), Vec<String>>);

impl Held {
    fn add(&mut self, kind: &'static str, ns: &str, name: &str, why: String) {
        self.0.entry((kind, why)).or_default().push(format!("{ns}/{name}"));
    }

    fn sentences(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|((kind, why), names)| {
            let one = names.len() == 1;
            let (plural, verb, whose) = if one { ("", "leaves", "its") } else { ("s", "leave", "their") };
            format!("{kind}{plural} {} {verb} {whose} number of pods as it is: {why}", few(names))
        })
    }
}

fn few(names: &[String]) -> String {
    match names {
        [first @ .., _, _] if names.len() > MOST_NAMED + 1 => format!("{} and {} more", first[..MOST_NAMED].join(", "), names.len() - MOST_NAMED),
        _ => names.join(", "),
    }
}

/// More names than this are counted.
const MOST_NAMED: usize = 5;

/// The autoscaler, and whether its load was read; or why it cannot be simulated.
fn scaler(world: &World, unit: usize, it: &Object<HorizontalPodAutoscaler>) -> Result<(Scaler, bool), String> {
    if let Some(condition) = it.status.conditions.iter().find(|it| it.kind == "ScalingActive" && it.status == "False") {
        return Err(format!("its condition ScalingActive is False ({})", condition.reason.as_deref().unwrap_or("no reason given")));
    }
    let owner = &world.units[unit];
    let current = owner.sets.iter().max_by_key(|it| world.sets[**it].desired);
    let current = current.filter(|_| matches!(owner.kind, Kind::Deployment | Kind::StatefulSet | Kind::ReplicaSet));
    let Some(current) = current else { return Err("the controller of its pods is not simulated".to_owned()) };
    let measures = measures(it, &world.sets[*current].spec)?;
    // The metric that asks for most decides. Where only some were read, those do.
    let share = |it: &&Measure| it.reading.map_or(-1.0, |reading| reading / it.per_pod);
    let first = measures.first().filter(|_| measures.iter().all(|it| it.reading.is_none()));
    let Some(decides) = first.or_else(|| measures.iter().max_by(|a, b| share(a).total_cmp(&share(b)))) else {
        return Err("it names no metric".to_owned());
    };
    let pods = owner.before as f64;
    let min = it.min().max(0);
    let resource = if decides.container.is_empty() { decides.resource.clone() } else { format!("{} of {}", decides.resource, decides.container).into() };
    let spec = AutoscalerSpec {
        min,
        max: it.spec.max_replicas.max(min).max(1),
        per_pod: decides.per_pod,
        load: decides.reading.unwrap_or(decides.per_pod) * pods,
        most_per_pod: decides.most,
        unmeasured: decides.unmeasured,
        up: it.spec.behavior.as_ref().and_then(|it| it.scale_up.clone()),
        down: it.spec.behavior.as_ref().and_then(|it| it.scale_down.clone()),
    };
    let scaler = Scaler { unit, name: it.meta.name.clone(), resource, spec };
    Ok((scaler, decides.reading.is_some()))
}

fn measures(it: &Object<HorizontalPodAutoscaler>, pod: &PodSpec) -> Result<Vec<Measure>, String> {
    if it.spec.metrics.is_empty() {
        let target = it.spec.target_cpu_utilization_percentage.unwrap_or(DEFAULT_TARGET);
        let reading = it.status.current_cpu_utilization_percentage.or_else(|| read(it, "cpu", "").and_then(|it| it.0));
        return Ok(vec![utilization(pod, "cpu", "", target, reading)?]);
    }
    let mut all = Vec::new();
    for metric in &it.spec.metrics {
        let (Some(of), container) = (match &*metric.kind {
            "Resource" => (metric.resource.as_ref(), ""),
            "ContainerResource" => {
                (metric.container_resource.as_ref(), metric.container_resource.as_ref().and_then(|it| it.container.as_deref()).unwrap_or(""))
            }
            _ => (None, ""),
        }) else {
            return Err(format!("the value of its {} metric is not among the inputs", metric.kind));
        };
        all.push(measure(it, pod, of, container)?);
    }
    Ok(all)
}

fn measure(it: &Object<HorizontalPodAutoscaler>, pod: &PodSpec, of: &ResourceMetric, container: &str) -> Result<Measure, String> {
    let reading = read(it, &of.name, container);
    if let Some(target) = of.target.average_utilization {
        return utilization(pod, &of.name, container, target, reading.and_then(|it| it.0));
    }
    let Some(target) = of.target.average_value.filter(|it| it.milli_value() > 0) else {
        return Err(format!("its {} metric has neither averageUtilization nor averageValue", of.name));
    };
    let per_pod = target.milli_value() as f64;
    let named = || pod.containers.iter().chain(&pod.init_containers).any(|it| it.name == *container);
    if !container.is_empty() && !named() {
        return Err(format!("its metric is of container {container}, which the pod template does not have"));
    }
    Ok(Measure {
        resource: of.name.clone(),
        container: container.into(),
        per_pod,
        most: limit(pod, &of.name, container).map(|it| it as f64),
        unmeasured: per_pod,
        reading: reading.and_then(|it| it.1).map(|it| it.milli_value() as f64),
    })
}

fn utilization(pod: &PodSpec, resource: &str, container: &str, target: i64, reading: Option<i64>) -> Result<Measure, String> {
    let asked = requests(std::iter::once(("", pod)), container, resource).ok().and_then(|it| it.into_values().next()).unwrap_or(0);
    if asked <= 0 || target <= 0 {
        return Err(format!("its target is a share of the {resource} request, and not every container has one"));
    }
    let percent = |amount: i64| amount as f64 * 100.0 / asked as f64;
    Ok(Measure {
        resource: resource.into(),
        container: container.into(),
        per_pod: target as f64,
        most: limit(pod, resource, container).map(percent),
        unmeasured: target.max(100) as f64,
        reading: reading.map(|it| it as f64),
    })
}

/// Percent of the request and amount that the status tells of a metric.
fn read(it: &Object<HorizontalPodAutoscaler>, resource: &str, container: &str) -> Option<(Option<i64>, Option<Quantity>)> {
    let metrics = it.status.current_metrics.iter().filter_map(|it| it.resource.as_ref().or(it.container_resource.as_ref()));
    let found = metrics.into_iter().find(|it| it.name == *resource && it.container.as_deref().unwrap_or("") == container)?;
    Some((found.current.average_utilization, found.current.average_value))
}

/// The limit of a pod or of one of its containers, in thousandths; `None` where one of them has none.
fn limit(pod: &PodSpec, resource: &str, container: &str) -> Option<i64> {
    let sidecars = pod.init_containers.iter().filter(|it| it.is_sidecar());
    let counted = pod.containers.iter().chain(sidecars).filter(|it| container.is_empty() || &*it.name == container);
    counted.map(|it| it.resources.limits.get(resource).map(|it| it.milli_value())).sum()
}
