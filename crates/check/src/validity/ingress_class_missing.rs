//! An ingress class that is named must exist.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::{find};
use seatrial_model::{Need};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ingress-class-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::Medium,
    confidence: Confidence::Low,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::IngressClasses],
    title: "The IngressClass does not exist",
    why: "No controller takes the Ingress: no load balancer is made and no traffic arrives.",
    verify: "kubectl get ingressclasses",
    fix: "Add the IngressClass, or correct ingressClassName.",
    sources: &["Kubernetes documentation, Ingress, ingress class"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  ingressClassName: albb #~ ingress-class-missing
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: alb}
spec: {controller: ingress.k8s.aws/alb}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {number: 80}}}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// Controllers bring these classes with their own installation.
const USUAL: &[&str] = &["alb", "nginx", "traefik", "haproxy", "kong", "istio", "cilium", "contour"];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.cluster.ingresses.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        let Some(class) = it.spec.ingress_class_name.as_deref() else { continue };
        out.assess();
        if find(&cx.cluster.ingress_classes, "default", class).is_some() || (!cx.is_live() && USUAL.contains(&class)) {
            continue;
        }
        let draft = out.report(it, "spec.ingressClassName", format!("{it}: IngressClass {class} does not exist, so no controller takes it"));
        draft.confidence(if cx.is_live() { Confidence::High } else { Confidence::Low });
    }
}
