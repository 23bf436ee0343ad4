//! The Service and port that an Ingress or a route sends to must exist.

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::{Ingress, IngressBackend, Service};
use seatrial_model::{IntOrString, Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use super::alb::{Controller, action_of, controller_of};
use super::unplaced::find_or_unplaced;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ingress-backend-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::Error,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::Services, Need::IngressClasses],
    title: "An Ingress sends to a Service or port that is not there",
    why: "Users get 503 on that path; the ALB controller even refuses the whole Ingress, and its siblings in the group with it.",
    verify: "kubectl describe ingress NAME   # backends show <error: endpoints not found>",
    fix: "Correct the Service's name or port, or add the Service to the same namespace.",
    sources: &["Kubernetes documentation, Ingress: backends are Services of the same namespace"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: alb
  defaultBackend:
    service:
      name: wbe #~ ingress-backend-missing
      port: {number: 80}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for ingress in cx.cluster.ingresses.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        for (backend, path) in ingress.backends() {
            let Some(name) = backend.service_name() else { continue };
            // An action or a condition of the ALB stands in the place of a Service.
            if action_of(ingress, backend).is_some() || is_annotation(backend) {
                continue;
            }
            out.assess();
            match find_or_unplaced(&cx.cluster.services, ingress.meta.namespace.as_deref(), name) {
                None => missing_service(cx, ingress, name, &path, out),
                Some(service) => judge_port(ingress, backend, service, &path, out),
            }
        }
    }
}

fn is_annotation(backend: &IngressBackend) -> bool {
    let name = backend.service.as_ref().and_then(|it| it.port.name.as_deref());
    name == Some("use-annotation") || matches!(&backend.service_port, Some(IntOrString::Str(it)) if it == "use-annotation")
}

fn missing_service(cx: &Cx<'_>, ingress: &Object<Ingress>, name: &str, path: &Path, out: &mut Findings) {
    let consequence = if controller_of(cx, ingress) == Controller::Alb { "the controller makes no target group" } else { "its users get 503" };
    let field = if ingress.kind == "Ingress" && path_is_old(ingress) { path.key("serviceName") } else { path.join("service.name") };
    let elsewhere = cx.cluster.services.iter().find(|it| it.meta.name == name);
    let found = out.report(ingress, field, format!("{ingress}: Service {name} is not in namespace {}, so {consequence}", ingress.meta.ns()));
    if cx.settings.platform_namespaces.iter().any(|it| it == ingress.meta.ns()) {
        found.confidence(Confidence::Low);
    }
    if let Some(it) = elsewhere {
        found.related(it, "metadata.name", "a Service of this name is in another namespace");
    }
}

/// `v1beta1` writes the backend flat.
fn path_is_old(ingress: &Object<Ingress>) -> bool {
    ingress.api_version.ends_with("beta1")
}

fn judge_port(ingress: &Object<Ingress>, backend: &IngressBackend, service: &Object<Service>, path: &Path, out: &mut Findings) {
    let by_name = |name: &str| service.spec.ports.iter().any(|it| it.name.as_deref() == Some(name));
    let by_number = |number: i64| service.spec.ports.iter().any(|it| it.port == number);
    let (wanted, exists, field) = match (&backend.service, &backend.service_port) {
        (Some(it), _) => match (&it.port.name, it.port.number) {
            (Some(name), _) => (name.to_string(), by_name(name), path.join("service.port.name")),
            (None, Some(number)) => (number.to_string(), by_number(number), path.join("service.port.number")),
            (None, None) => return,
        },
        (None, Some(IntOrString::Int(it))) => (it.to_string(), by_number(*it), path.key("servicePort")),
        (None, Some(IntOrString::Str(it))) => (it.to_string(), by_name(it) || it.parse().is_ok_and(by_number), path.key("servicePort")),
        (None, None) => return,
    };
    // An ExternalName Service need not list its ports.
    if exists || service.service_type() == "ExternalName" {
        return;
    }
    let ports: Vec<String> = service.spec.ports.iter().map(|it| it.port.to_string()).collect();
    out.report(ingress, field, format!("{ingress}: {service} has no port {wanted}, so the path leads nowhere"))
        .related(service, "spec.ports", "its ports")
        .evidence(format!("the Service's ports: {}", ports.join(", ")));
}
