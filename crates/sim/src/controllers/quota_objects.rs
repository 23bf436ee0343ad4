//! Quotas on what is not a pod: claims and services.
//!
//! Source: kubernetes pkg/quota/v1/evaluator/core/persistent_volume_claims.go, services.go.

use seatrial_model::{Quantity, ResourceList, Text};

/// What a claim of this class (where it names one) and size counts as.
pub fn claim_usage(class: Option<&str>, asked: Quantity) -> ResourceList {
    let mut usage = ResourceList::default();
    for name in ["persistentvolumeclaims", "count/persistentvolumeclaims"] {
        usage.insert(name.into(), Quantity::units(1));
    }
    usage.insert("requests.storage".into(), asked);
    if let Some(class) = class.filter(|it| !it.is_empty()) {
        usage.insert(of_class(class, "persistentvolumeclaims"), Quantity::units(1));
        usage.insert(of_class(class, "requests.storage"), asked);
    }
    usage
}

const OF_CLASS: &str = ".storageclass.storage.k8s.io/";

fn of_class(class: &str, resource: &str) -> Text {
    format!("{class}{OF_CLASS}{resource}").into()
}

/// Whether a quota's resource is about claims.
pub fn is_claim_resource(name: &str) -> bool {
    let plain = name.split_once(OF_CLASS).map_or(name, |it| it.1);
    matches!(plain, "persistentvolumeclaims" | "requests.storage") || name == "count/persistentvolumeclaims"
}

/// A Service as quotas see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceShape<'a> {
    /// `spec.type`.
    pub kind: &'a str,
    /// Its ports.
    pub ports: i64,
    /// Those of them with a node port of their own.
    pub node_ports: i64,
    /// `spec.allocateLoadBalancerNodePorts`.
    pub allocates: bool,
}

/// What a Service counts as.
pub fn service_usage(service: &ServiceShape<'_>) -> ResourceList {
    let balancer = service.kind == "LoadBalancer";
    let node_ports = match service.kind {
        "NodePort" => service.ports,
        "LoadBalancer" if service.allocates => service.ports,
        "LoadBalancer" => service.node_ports,
        _ => 0,
    };
    let counts = [("services", 1), ("count/services", 1), ("services.loadbalancers", i64::from(balancer)), ("services.nodeports", node_ports)];
    counts.into_iter().map(|(name, count)| (name.into(), Quantity::units(count))).collect()
}
