//! An HTTP listener of a Gateway must do nothing but redirect.

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::{Gateway, Listener, Route};
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "gateway-http-unredirected",
    rows: &[Row::HttpsOnly],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Gateways, Need::Routes],
    title: "A Gateway serves plain HTTP without a redirect",
    why: "Requests that arrive on the listener reach the pods unencrypted, and nobody is sent to HTTPS.",
    verify: "kubectl get gateway,httproute -A -o yaml",
    fix: "Attach the route to the HTTPS listener only (sectionName), and give the HTTP listener a route with a RequestRedirect to https.",
    sources: &["Guide, Production Readiness Checklist, Security: HTTPS only", "Gateway API, guides: HTTP redirects and rewrites"],
    bad: "
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web}
spec:
  gatewayClassName: alb
  listeners:
  - name: http #~ gateway-http-unredirected
    port: 80
    protocol: HTTP
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  parentRefs: [{name: web}]
  rules: [{backendRefs: [{name: shop, port: 80}]}]
",
    good: "
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web}
spec:
  gatewayClassName: alb
  listeners:
  - {name: http, port: 80, protocol: HTTP}
  - {name: https, port: 443, protocol: HTTPS}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  parentRefs: [{name: web, sectionName: https}]
  rules: [{backendRefs: [{name: shop, port: 80}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: redirect}
spec:
  parentRefs: [{name: web, sectionName: http}]
  rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for gateway in cx.cluster.gateways.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        let routes = cx.graph.routes_at(gateway);
        for (at, listener) in gateway.spec.listeners.iter().enumerate().filter(|(_, it)| it.protocol == "HTTP") {
            out.assess();
            let serving = routes.iter().find(|it| is_attached_to(it, gateway, listener) && serves(it));
            if let Some(route) = serving {
                let path = Path::of("spec.listeners").index(at);
                let message = format!("{gateway}: listener {} passes plain HTTP on to {route} instead of redirecting it", listener.name);
                let found = out.report(gateway, path, message).related(*route, "spec.parentRefs", "this route is attached to it");
                // VPC Lattice is not reached from the internet.
                if gateway.spec.gateway_class_name.contains("lattice") {
                    found.severity(Severity::Medium);
                }
            }
        }
    }
}

/// A reference without section and port attaches to every listener.
fn is_attached_to(route: &Object<Route>, gateway: &Object<Gateway>, listener: &Listener) -> bool {
    route.spec.parent_refs.iter().any(|it| {
        let section = it.section_name.as_ref().is_none_or(|it| *it == listener.name);
        it.name == gateway.meta.name && section && it.port.is_none_or(|it| it == listener.port)
    })
}

/// Whether a rule sends to pods without redirecting.
fn serves(route: &Object<Route>) -> bool {
    let redirects = |it: &seatrial_model::kinds::traffic::RouteRule| it.filters.iter().any(|it| it.kind == "RequestRedirect");
    route.spec.rules.iter().any(|it| !it.backend_refs.is_empty() && !redirects(it))
}
