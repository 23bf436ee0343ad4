//! A LoadBalancer Service that serves HTTP to the internet must end TLS somewhere.

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::{Service, ServicePort};
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use super::load_balancer::{annotation, is_internet_facing, load_balancers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "load-balancer-plaintext",
    rows: &[Row::HttpsOnly],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Services, Need::Workloads],
    title: "A LoadBalancer Service serves plain HTTP",
    why: "The load balancer passes packets on as they are: what users send crosses the internet readable.",
    verify: "kubectl get svc -A -o yaml | grep -E 'type: LoadBalancer|aws-load-balancer-ssl'",
    fix: "Put the application behind an Ingress that redirects to HTTPS, or give the Service an ACM certificate (aws-load-balancer-ssl-cert and ssl-ports).",
    sources: &["Guide, Production Readiness Checklist, Security: HTTPS only", "AWS Load Balancer Controller, Service annotations: TLS"],
    bad: "
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}}
spec:
  type: LoadBalancer
  selector: {app: web}
  ports:
  - port: 80 #~ load-balancer-plaintext
    targetPort: 8080
",
    good: "
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing
    service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:us-east-1:111122223333:certificate/1
    service.beta.kubernetes.io/aws-load-balancer-ssl-ports: '443'
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{name: https, port: 443, targetPort: 8080}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for service in load_balancers(cx).into_iter().filter(|it| is_internet_facing(it)) {
        let plain = service.spec.ports.iter().position(|it| is_http(it) || is_ended_before(service, it));
        let serves_web = plain.is_some() || service.spec.ports.iter().any(|it| it.port == 443);
        if !serves_web || ends_tls_itself(cx, service) {
            continue;
        }
        out.assess();
        let Some(at) = plain.filter(|at| !has_tls(service, &service.spec.ports[*at])) else { continue };
        let port = &service.spec.ports[at];
        let path = Path::of("spec.ports").index(at).key("port");
        out.report(service, path, format!("{service}: its load balancer passes plain HTTP on port {} from the internet to the pods", port.port))
            .evidence("no aws-load-balancer-ssl-cert for the port, and no port 443 that the pods could redirect to");
    }
}

/// Whether the pods are said to speak HTTP behind a port for HTTPS: somebody in front of them would have to end TLS.
fn is_ended_before(service: &Object<Service>, port: &ServicePort) -> bool {
    let to_http = port.target_port.as_ref().is_some_and(|it| matches!(it.to_string().as_str(), "80" | "http"));
    port.port == 443 && (annotation(service, "backend-protocol") == Some("http") || to_http)
}

fn is_http(it: &ServicePort) -> bool {
    let named = it.name.as_deref().is_some_and(|it| it == "http" || it.starts_with("http-") || it == "web");
    let web = matches!(it.port, 80 | 8080 | 8000 | 3000);
    it.protocol.as_deref().unwrap_or("TCP") == "TCP" && it.port != 443 && (named || web)
}

/// An ssl-cert without ssl-ports holds for every port.
fn has_tls(service: &Object<Service>, port: &ServicePort) -> bool {
    let number = port.port.to_string();
    let listed = |it: &str| it == "*" || it.split(',').map(str::trim).any(|it| it == number || Some(it) == port.name.as_deref());
    annotation(service, "ssl-cert").is_some() && annotation(service, "ssl-ports").is_none_or(listed)
}

/// Ingress controllers and gateways end TLS themselves, and so may an application that has port 443 beside port 80.
fn ends_tls_itself(cx: &Cx<'_>, service: &Object<Service>) -> bool {
    const PROXIES: [&str; 8] = ["ingress", "gateway", "traefik", "nginx-controller", "haproxy", "envoy", "kong", "contour"];
    let is_proxy = |it: &str| PROXIES.iter().any(|word| it.contains(word));
    let images = cx.graph.selected_by_service(service).into_iter().flat_map(|it| &it.pod().containers);
    service.spec.ports.iter().any(|it| it.port == 443 && !is_ended_before(service, it)) && annotation(service, "ssl-cert").is_none()
        || is_proxy(&service.meta.name)
        || service.meta.labels.iter().any(|(_, value)| is_proxy(value))
        || images.into_iter().any(|it| is_proxy(&it.image))
}
