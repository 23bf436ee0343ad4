//! An Ingress needs a class that some controller serves.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::alb::{Controller, class_name, class_of, controller_of, params_of};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ingress-class-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::IngressClasses, Need::IngressClassParams],
    title: "An Ingress has no class that is served",
    why: "No controller takes it, or whichever happens to be the default: it has no address, or one of a kind nobody chose.",
    verify: "kubectl get ingress -A; kubectl get ingressclass",
    fix: "Set spec.ingressClassName to an IngressClass of the cluster, such as alb.",
    sources: &["Kubernetes documentation, Ingress: Ingress class"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: #~ ingress-class-missing
  rules: [{host: shop.example.com}]
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: alb
  rules: [{host: shop.example.com}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.cluster.ingresses.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        out.assess();
        match (class_name(it), class_of(cx, it)) {
            (None, None) if controller_of(cx, it) == Controller::Unnamed => {
                out.report(
                    it,
                    "spec.ingressClassName",
                    format!("{it}: names no class, and no IngressClass here is the default, so no controller may serve it"),
                );
            }
            // Its chart has the controller leave alone what names no class. Where no class is among the inputs, the default may be elsewhere.
            (None, None) if controller_of(cx, it) == Controller::Alb && (cx.is_live() || !cx.cluster.ingress_classes.is_empty()) => {
                let message = format!("{it}: names no class, and the AWS Load Balancer Controller as its chart installs it serves only the class alb");
                out.report(it, "spec.ingressClassName", message);
            }
            // Manifests seldom hold the classes: the controller's chart brings them.
            (Some(name), None) if it.spec.ingress_class_name.is_some() && it.meta.uid.is_some() => {
                out.report(it, "spec.ingressClassName", format!("{it}: IngressClass {name} does not exist, so no controller serves it"))
                    .confidence(Confidence::High);
            }
            (_, Some(class)) if class.spec.parameters.is_some() && params_of(cx, it).is_none() && !cx.cluster.ingress_class_params.is_empty() => {
                let name = class.spec.parameters.as_ref().map(|it| it.name.as_str()).unwrap_or_default();
                out.report(class, "spec.parameters.name", format!("{class}: its parameters {name} are not among the inputs, so its Ingresses are refused"));
            }
            _ => {}
        }
    }
}
