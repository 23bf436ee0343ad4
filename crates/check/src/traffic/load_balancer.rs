//! Services of type LoadBalancer on AWS.
//!
//! Source: AWS Load Balancer Controller, Service annotations: its own default scheme is internal, the in-tree controller's is internet-facing.

use seatrial_model::kinds::traffic::Service;
use seatrial_model::{Object, Path};

use crate::Cx;

const PREFIX: &str = "service.beta.kubernetes.io/aws-load-balancer-";

/// A `service.beta.kubernetes.io/aws-load-balancer-` annotation.
pub fn annotation<'a>(service: &'a Object<Service>, name: &str) -> Option<&'a str> {
    service.meta.annotation(&format!("{PREFIX}{name}"))
}

/// The path of such an annotation.
pub fn annotation_path(name: &str) -> Path {
    Path::of("metadata.annotations").key(&format!("{PREFIX}{name}"))
}

/// The user's LoadBalancer Services.
pub fn load_balancers<'a>(cx: &Cx<'a>) -> Vec<&'a Object<Service>> {
    cx.cluster.services.iter().filter(|it| it.service_type() == "LoadBalancer" && !cx.is_platform(it.meta.ns())).collect()
}

/// Whether nothing hands the Service to the AWS Load Balancer Controller or EKS Auto Mode.
pub fn is_legacy(service: &Object<Service>) -> bool {
    let kind = annotation(service, "type");
    service.spec.load_balancer_class.is_none() && !matches!(kind, Some("external" | "nlb-ip"))
}

/// Whether it can be reached from the internet.
pub fn is_internet_facing(service: &Object<Service>) -> bool {
    match (annotation(service, "scheme"), annotation(service, "internal")) {
        (Some(scheme), _) => scheme == "internet-facing",
        (None, Some(internal)) => internal == "false",
        (None, None) => is_legacy(service),
    }
}
