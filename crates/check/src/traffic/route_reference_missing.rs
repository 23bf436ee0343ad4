//! A Gateway API route must name a Gateway and Services that exist.

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::{ParentRef, Route};
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use super::unplaced::find_or_unplaced;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "route-reference-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::Error,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Routes, Need::Services, Need::Gateways],
    title: "A Gateway route names a Gateway or Service that is not there",
    why: "A route without its Gateway is never served; one without its Service answers with errors.",
    verify: "kubectl get httproute NAME -o yaml   # status.parents: Accepted and ResolvedRefs",
    fix: "Correct the name, the namespace or the section, or add what is named.",
    sources: &["Gateway API reference: ParentReference, BackendRef"],
    bad: "
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web}
spec: {gatewayClassName: alb, listeners: [{name: https, port: 443, protocol: HTTPS}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  parentRefs: [{name: web}]
  rules:
  - backendRefs:
    - name: shop #~ route-reference-missing
      port: 80
",
    good: "
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web}
spec: {gatewayClassName: alb, listeners: [{name: https, port: 443, protocol: HTTPS}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  parentRefs: [{name: web}]
  rules: [{backendRefs: [{name: shop, port: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for route in cx.cluster.routes.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        out.assess();
        for (at, parent) in route.spec.parent_refs.iter().enumerate() {
            judge_parent(cx, route, parent, &Path::of("spec.parentRefs").index(at), out);
        }
        for (r, rule) in route.spec.rules.iter().enumerate() {
            for (b, backend) in rule.backend_refs.iter().enumerate().filter(|(_, it)| it.kind.as_deref().unwrap_or("Service") == "Service") {
                let ns = backend.namespace.as_deref().or(route.meta.namespace.as_deref());
                let path = Path::of("spec.rules").index(r).key("backendRefs").index(b);
                match find_or_unplaced(&cx.cluster.services, ns, &backend.name) {
                    None => drop(out.report(
                        route,
                        path.key("name"),
                        format!("{route}: Service {} is not in namespace {}, so the rule answers with errors", backend.name, ns.unwrap_or("default")),
                    )),
                    Some(service) if backend.port.is_some_and(|port| !service.spec.ports.iter().any(|it| it.port == port)) => {
                        let port = backend.port.unwrap_or_default();
                        out.report(route, path.key("port"), format!("{route}: {service} has no port {port}, so the rule answers with errors")).related(
                            service,
                            "spec.ports",
                            "its ports",
                        );
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

fn judge_parent(cx: &Cx<'_>, route: &Object<Route>, parent: &ParentRef, path: &Path, out: &mut Findings) {
    if parent.kind.as_deref().unwrap_or("Gateway") != "Gateway" {
        return;
    }
    let ns = parent.namespace.as_deref().or(route.meta.namespace.as_deref());
    let Some(gateway) = find_or_unplaced(&cx.cluster.gateways, ns, &parent.name) else {
        // The platform's team often keeps the Gateway in a repository of its own.
        let message = format!("{route}: Gateway {} is not in namespace {}, so the route is not served", parent.name, ns.unwrap_or("default"));
        out.report(route, path.key("name"), message).confidence(Confidence::Low);
        return;
    };
    let Some(section) = &parent.section_name else { return };
    if !gateway.spec.listeners.iter().any(|it| it.name == *section) {
        let message = format!("{route}: {gateway} has no listener {section}, so the route is not served");
        out.report(route, path.key("sectionName"), message).related(gateway, "spec.listeners", "its listeners");
    }
}
