//! Ingresses and the load balancers that the AWS Load Balancer Controller makes of them.
//!
//! Source: AWS Load Balancer Controller, Ingress annotations and IngressClassParams: Ingresses of one group share one ALB; a redirect written on
//! one of them holds for every HTTP listener of the group.

use std::collections::BTreeMap;

use seatrial_model::cluster::find;
use seatrial_model::kinds::traffic::{Ingress, IngressBackend, IngressClass, IngressClassParams, Service};
use seatrial_model::{Object, Path};

use crate::Cx;

const PREFIX: &str = "alb.ingress.kubernetes.io/";
const ALB_CONTROLLERS: [&str; 2] = ["ingress.k8s.aws/alb", "eks.amazonaws.com/alb"];
const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";

/// Who serves an Ingress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controller<'a> {
    /// The AWS Load Balancer Controller or EKS Auto Mode.
    Alb,
    /// Another, by the class or controller that is named.
    Other(&'a str),
    /// No class is named and none is the default.
    Unnamed,
}

/// An ALB: the Ingresses that share it.
pub struct Alb<'a> {
    /// Its Ingresses, sorted.
    pub members: Vec<&'a Object<Ingress>>,
    /// The group's name, where there is one.
    pub group: Option<&'a str>,
    /// Parameters of the class of the first member.
    pub params: Option<&'a Object<IngressClassParams>>,
}

/// A port that an ALB listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Whether it speaks TLS.
    pub tls: bool,
    /// Port.
    pub port: i64,
}

/// An `alb.ingress.kubernetes.io/` annotation.
pub fn annotation<'a>(ingress: &'a Object<Ingress>, name: &str) -> Option<&'a str> {
    ingress.meta.annotation(&format!("{PREFIX}{name}"))
}

/// The path of such an annotation.
pub fn annotation_path(name: &str) -> Path {
    Path::of("metadata.annotations").key(&format!("{PREFIX}{name}"))
}

/// The class that an Ingress names.
pub fn class_name(ingress: &Object<Ingress>) -> Option<&str> {
    ingress.spec.ingress_class_name.as_deref().or_else(|| ingress.meta.annotation(CLASS_ANNOTATION))
}

/// The class of an Ingress, its own or the default one, if it is among the inputs.
pub fn class_of<'a>(cx: &Cx<'a>, ingress: &Object<Ingress>) -> Option<&'a Object<IngressClass>> {
    match class_name(ingress) {
        Some(it) => find(&cx.cluster.ingress_classes, "default", it),
        None => cx.cluster.ingress_classes.iter().find(|it| it.meta.annotation("ingressclass.kubernetes.io/is-default-class") == Some("true")),
    }
}

/// Who serves the Ingress.
pub fn controller_of<'a>(cx: &Cx<'a>, ingress: &'a Object<Ingress>) -> Controller<'a> {
    if let Some(class) = class_of(cx, ingress) {
        let controller = class.spec.controller.as_str();
        return if ALB_CONTROLLERS.contains(&controller) { Controller::Alb } else { Controller::Other(controller) };
    }
    match class_name(ingress) {
        Some(it) if it == "alb" || it.starts_with("alb-") || it.ends_with("-alb") => Controller::Alb,
        Some(it) if !has_alb_annotation(ingress) => Controller::Other(it),
        None if !has_alb_annotation(ingress) => Controller::Unnamed,
        _ => Controller::Alb,
    }
}

fn has_alb_annotation(ingress: &Object<Ingress>) -> bool {
    ingress.meta.annotations.iter().any(|(key, _)| key.starts_with(PREFIX))
}

/// Parameters of the Ingress's class.
pub fn params_of<'a>(cx: &Cx<'a>, ingress: &Object<Ingress>) -> Option<&'a Object<IngressClassParams>> {
    let parameters = class_of(cx, ingress)?.spec.parameters.as_ref()?;
    find(&cx.cluster.ingress_class_params, "default", &parameters.name)
}

/// Every ALB of the user's Ingresses, sorted by group or first member.
pub fn albs<'a>(cx: &Cx<'a>) -> Vec<Alb<'a>> {
    let mut found: BTreeMap<(Option<&str>, &str, &str), Alb<'a>> = BTreeMap::new();
    for it in cx.cluster.ingresses.iter().filter(|it| controller_of(cx, it) == Controller::Alb && !cx.is_platform(it.meta.ns())) {
        let params = params_of(cx, it);
        let group = params.and_then(|it| it.spec.group.as_ref()).map(|it| it.name.as_str()).or_else(|| annotation(it, "group.name"));
        let key = if group.is_some() { (group, "", "") } else { (None, it.meta.ns(), it.meta.name.as_str()) };
        found.entry(key).or_insert_with(|| Alb { members: Vec::new(), group, params }).members.push(it);
    }
    found.into_values().collect()
}

impl<'a> Alb<'a> {
    /// Ports that a member listens on; `None` where a template hides them.
    pub fn listeners(&self, member: &Object<Ingress>) -> Option<Vec<Listener>> {
        if let Some(params) = self.params.filter(|it| !it.spec.listen_ports.is_empty()) {
            return Some(params.spec.listen_ports.iter().map(|it| Listener { tls: it.protocol == "HTTPS", port: it.port }).collect());
        }
        match annotation(member, "listen-ports") {
            Some(it) => listen_ports(it),
            None if self.has_certificate(member) => Some(vec![Listener { tls: true, port: 443 }]),
            None => Some(vec![Listener { tls: false, port: 80 }]),
        }
    }

    /// Whether a certificate is named for a member; without one the controller looks for one that fits a host.
    pub fn has_certificate(&self, member: &Object<Ingress>) -> bool {
        annotation(member, "certificate-arn").is_some() || self.params.is_some_and(|it| !it.spec.certificate_arn.is_empty())
    }

    /// Whether HTTP is answered with a redirect to HTTPS.
    pub fn redirects(&self) -> bool {
        let params = self.params.is_some_and(|it| it.spec.ssl_redirect_port.is_some());
        params || self.members.iter().any(|it| annotation(it, "ssl-redirect").is_some() || redirects_by_action(it))
    }

    /// Whether the ALB can be reached from the internet.
    pub fn is_internet_facing(&self) -> bool {
        match self.params.and_then(|it| it.spec.scheme.as_deref()) {
            Some(it) => it == "internet-facing",
            None => self.members.iter().any(|it| annotation(it, "scheme") == Some("internet-facing")),
        }
    }

    /// How a member's targets are registered: `ip` or `instance`, and whether that is written.
    pub fn target_type(&self, member: &'a Object<Ingress>) -> (&'a str, bool) {
        let written = self.params.and_then(|it| it.spec.target_type.as_deref()).or_else(|| annotation(member, "target-type"));
        (written.unwrap_or("instance"), written.is_some())
    }
}

/// Before `ssl-redirect` there was an action of its own, sent to by a path before all others.
fn redirects_by_action(ingress: &Object<Ingress>) -> bool {
    let is_redirect = |it: &IngressBackend| action_of(ingress, it).is_some_and(|it| it.contains("redirect") && it.contains("HTTPS"));
    ingress.backends().iter().any(|(it, _)| is_redirect(it))
}

/// The action that a backend names instead of a Service.
pub fn action_of<'a>(ingress: &'a Object<Ingress>, backend: &IngressBackend) -> Option<&'a str> {
    annotation(ingress, &format!("actions.{}", backend.service_name()?))
}

/// Reads `[{"HTTP": 80}, {"HTTPS": 443}]`.
fn listen_ports(written: &str) -> Option<Vec<Listener>> {
    if written.contains("{{") || written.contains("${") {
        return None;
    }
    let pairs = written.split(['{', '}', ',']).filter_map(|it| it.split_once(':'));
    let read = |(protocol, port): (&str, &str)| {
        let protocol = protocol.trim().trim_matches(['"', '\'']);
        let port = port.trim().trim_matches(['"', '\'']).parse().ok()?;
        Some(Listener { tls: protocol == "HTTPS", port })
    };
    Some(pairs.filter_map(read).collect())
}

/// The port a Service's port leads to in the pods: a number, where it can be told.
pub fn target_port(service: &Service, port: Option<(&Option<seatrial_model::Text>, Option<i64>)>, workload: &seatrial_model::Workload) -> Option<i64> {
    let chosen = match port {
        Some((name, number)) => service.spec.ports.iter().find(|it| (name.is_some() && it.name == *name) || Some(it.port) == number)?,
        None => service.spec.ports.first()?,
    };
    match &chosen.target_port {
        None | Some(seatrial_model::IntOrString::Int(0)) => Some(chosen.port),
        Some(seatrial_model::IntOrString::Int(it)) => Some(*it),
        Some(seatrial_model::IntOrString::Str(name)) => {
            workload.pod().all_containers().flat_map(|it| &it.ports).find(|it| it.name.as_ref() == Some(name)).map(|it| it.container_port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listen_ports_are_read() {
        let both = listen_ports(r#"[{"HTTP": 80}, {"HTTPS":443}]"#);
        assert_eq!(both, Some(vec![Listener { tls: false, port: 80 }, Listener { tls: true, port: 443 }]));
        assert_eq!(listen_ports("{{ .Values.ports }}"), None);
    }
}
