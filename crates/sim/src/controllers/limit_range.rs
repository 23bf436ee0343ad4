//! Limit ranges: what they fill into a pod, and what they forbid.
//!
//! Source: kubernetes plugin/pkg/admission/limitranger/admission.go.

use seatrial_model::kinds::scaling::LimitRangeItem;
use seatrial_model::{Container, PodSpec, Quantity, ResourceList};

use crate::requests::{RequestOptions, pod_limits, pod_requests};

/// The specification with the defaults of `items` where its containers ask for nothing. A limit without a request counts as the request.
pub fn apply(spec: &PodSpec, items: &[&LimitRangeItem]) -> PodSpec {
    let mut spec = spec.clone();
    let (mut limits, mut requests) = (ResourceList::default(), ResourceList::default());
    for item in items.iter().filter(|it| &*it.kind == "Container") {
        item.default.iter().for_each(|(name, amount)| limits.insert(name.clone(), *amount));
        // Without a default request the default limit is the request; the API server fills that in when the range is stored.
        item.default.iter().chain(item.default_request.iter()).for_each(|(name, amount)| requests.insert(name.clone(), *amount));
    }
    for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
        fill(container, &limits, &requests);
    }
    spec
}

fn fill(container: &mut Container, limits: &ResourceList, requests: &ResourceList) {
    let resources = &mut container.resources;
    for (name, amount) in resources.limits.clone().iter().filter(|it| !resources.requests.contains(it.0)).collect::<Vec<_>>() {
        resources.requests.insert(name.clone(), *amount);
    }
    for (name, amount) in requests.iter() {
        if !resources.requests.contains(name) {
            resources.requests.insert(name.clone(), *amount);
        }
    }
    for (name, amount) in limits.iter() {
        if !resources.limits.contains(name) {
            resources.limits.insert(name.clone(), *amount);
        }
    }
}

/// What of the pod a limit range forbids, in Kubernetes' own words.
pub fn violation(spec: &PodSpec, items: &[&LimitRangeItem]) -> Option<String> {
    for item in items {
        match &*item.kind {
            "Container" => {
                let of = |it: &Container| outside(item, "Container", &it.resources.requests, &it.resources.limits);
                if let Some(why) = spec.containers.iter().chain(&spec.init_containers).find_map(of) {
                    return Some(why);
                }
            }
            "Pod" => {
                let options = RequestOptions::default();
                if let Some(why) = outside(item, "Pod", &pod_requests(spec, None, &options), &pod_limits(spec, None, &options)) {
                    return Some(why);
                }
            }
            _ => {}
        }
    }
    None
}

fn outside(item: &LimitRangeItem, kind: &str, requests: &ResourceList, limits: &ResourceList) -> Option<String> {
    let low = |(name, least): (&seatrial_model::Text, &Quantity)| match requests.get(name) {
        None => Some(format!("minimum {name} usage per {kind} is {least}. No request is specified")),
        Some(it) if it < least => Some(format!("minimum {name} usage per {kind} is {least}, but request is {it}")),
        Some(_) => None,
    };
    let high = |(name, most): (&seatrial_model::Text, &Quantity)| match (limits.get(name), requests.get(name)) {
        (None, _) => Some(format!("maximum {name} usage per {kind} is {most}. No limit is specified")),
        (Some(it), _) if it > most => Some(format!("maximum {name} usage per {kind} is {most}, but limit is {it}")),
        (_, Some(it)) if it > most => Some(format!("maximum {name} usage per {kind} is {most}, but request is {it}")),
        _ => None,
    };
    let ratio = |(name, most): (&seatrial_model::Text, &Quantity)| {
        let (limit, request) = (limits.get(name)?, requests.get(name)?);
        let ratio = limit.as_f64() / request.as_f64();
        (ratio > most.as_f64()).then(|| format!("{name} max limit to request ratio per {kind} is {most}, but provided ratio is {ratio:.6}"))
    };
    item.min.iter().find_map(low).or_else(|| item.max.iter().find_map(high)).or_else(|| item.max_limit_request_ratio.iter().find_map(ratio))
}
