//! Which certificates are in use.

use std::collections::BTreeSet;

use seatrial_model::Text;

use super::{alb, load_balancer};
use crate::Cx;

/// ARNs that listeners, Ingresses, Services, class parameters and gateway configurations name.
pub fn in_use<'a>(cx: &Cx<'a>) -> BTreeSet<&'a str> {
    let balancers = cx.snapshot.account.load_balancers.known().into_iter().flatten();
    let mut all: BTreeSet<&str> = balancers.flat_map(|it| &it.listeners).flat_map(|it| &it.certificate_arns).map(Text::as_str).collect();
    all.extend(cx.cluster.ingresses.iter().filter_map(|it| alb::annotation(it, "certificate-arn")).flat_map(listed));
    all.extend(cx.cluster.services.iter().filter_map(|it| load_balancer::annotation(it, "ssl-cert")).flat_map(listed));
    all.extend(cx.cluster.ingress_class_params.iter().flat_map(|it| &it.spec.certificate_arn).map(Text::as_str));
    let configured = cx.cluster.aws_gateway_configs.iter().flat_map(|it| &it.spec.listener_configurations);
    all.extend(configured.flat_map(|it| it.default_certificate.iter().chain(&it.certificates)).map(Text::as_str));
    all
}

/// ARNs of a comma-separated annotation.
pub fn listed(annotation: &str) -> impl Iterator<Item = &str> {
    annotation.split(',').map(str::trim).filter(|it| !it.is_empty())
}
