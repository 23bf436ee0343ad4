//! An ALB Ingress must listen on HTTPS.

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::Ingress;
use seatrial_model::{Change, Edit, Need, Object, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::alb::{Alb, albs, annotation, annotation_path};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "alb-http-only",
    rows: &[Row::HttpsOnly],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::IngressClasses, Need::IngressClassParams],
    title: "An ALB Ingress listens on plain HTTP only",
    why: "Passwords, cookies and data cross the network readable, and anyone on the way can change them.",
    verify: "kubectl get ingress -A -o yaml | grep -E 'listen-ports|certificate-arn|ssl-redirect'",
    fix: "Listen on HTTP 80 and HTTPS 443, name an ACM certificate or let it be found by host, and set ssl-redirect to 443.",
    sources: &[
        "Guide, Production Readiness Checklist, Security: HTTPS only",
        "AWS Load Balancer Controller, Ingress annotations: listen-ports, certificate-arn",
    ],
    bad: r#"
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web #~ alb-http-only
  annotations: {alb.ingress.kubernetes.io/scheme: internet-facing}
spec:
  ingressClassName: alb
  rules: [{host: shop.example.com}]
"#,
    good: r#"
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'
    alb.ingress.kubernetes.io/ssl-redirect: '443'
spec:
  ingressClassName: alb
  rules: [{host: shop.example.com}]
"#,
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for alb in albs(cx) {
        for member in &alb.members {
            let Some(listeners) = alb.listeners(member) else { continue };
            out.assess();
            // A redirect written on a sibling of the group answers this member's port too.
            if !listeners.iter().any(|it| it.tls) && !alb.redirects() {
                judge(&alb, member, out);
            }
        }
    }
}

fn judge(alb: &Alb<'_>, member: &Object<Ingress>, out: &mut Findings) {
    let written = annotation(member, "listen-ports").is_some();
    let path = if written { annotation_path("listen-ports") } else { Path::of("metadata.name") };
    let whom =
        if alb.is_internet_facing() { "whatever users send crosses the internet unencrypted" } else { "whatever clients send crosses the network unencrypted" };
    let found = out.report(member, path, format!("{member}: its ALB has no HTTPS listener, so {whom}"));
    found.evidence(if written { "listen-ports names no HTTPS port" } else { "neither listen-ports nor certificate-arn is set: the default is HTTP 80" });
    if !alb.is_internet_facing() {
        found.severity(Severity::Medium);
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let Some(ingress) = cx.cluster.ingresses.iter().find(|it| it.origin == found.origin) else { return Vec::new() };
    // Without a host the controller finds no certificate: only a person can name one.
    if ingress.hosts().next().is_none() && annotation(ingress, "certificate-arn").is_none() {
        return Vec::new();
    }
    let set = |name: &str, yaml: &str| Edit { origin, change: Change::Set { path: annotation_path(name), yaml: yaml.to_owned() } };
    let mut edits = vec![set("listen-ports", r#"'[{"HTTP": 80}, {"HTTPS": 443}]'"#), set("ssl-redirect", "\"443\"")];
    // The controller's default policy still speaks TLS 1.0.
    if annotation(ingress, "ssl-policy").is_none() {
        edits.push(set("ssl-policy", "ELBSecurityPolicy-TLS13-1-2-2021-06"));
    }
    edits
}
