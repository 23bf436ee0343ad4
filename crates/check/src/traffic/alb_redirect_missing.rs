//! An ALB that listens on HTTP and HTTPS must redirect from one to the other.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::alb::{albs, annotation, annotation_path};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "alb-redirect-missing",
    rows: &[Row::HttpsOnly],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::IngressClasses, Need::IngressClassParams],
    title: "An ALB serves HTTP beside HTTPS without a redirect",
    why: "Whoever types the address without https, or follows an old link, is served unencrypted and never notices.",
    verify: "curl -sI http://HOST/   # must answer 301 with an https location",
    fix: "Set alb.ingress.kubernetes.io/ssl-redirect to the HTTPS port on the Ingress, or sslRedirectPort on its IngressClassParams.",
    sources: &["Guide, Production Readiness Checklist, Security: HTTPS only", "AWS Load Balancer Controller, tasks: redirect HTTP to HTTPS"],
    bad: r#"
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]' #~ alb-redirect-missing
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
            if !listeners.iter().any(|it| it.tls) {
                continue;
            }
            out.assess();
            let Some(plain) = listeners.iter().find(|it| !it.tls).filter(|_| !alb.redirects()) else { continue };
            let path = if annotation(member, "listen-ports").is_some() { annotation_path("listen-ports") } else { Path::of("metadata.name") };
            let found = out.report(*member, path, format!("{member}: port {} is served in plain text beside HTTPS instead of being redirected", plain.port));
            found.evidence("no ssl-redirect on the Ingress, its group or its class");
        }
    }
}

fn repair(cx: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    for alb in albs(cx) {
        let Some(member) = alb.members.iter().find(|it| it.origin == found.origin) else { continue };
        let Some(port) = alb.listeners(member).and_then(|all| all.iter().find(|it| it.tls).map(|it| it.port)) else { continue };
        return vec![Edit { origin, change: Change::Set { path: annotation_path("ssl-redirect"), yaml: format!("\"{port}\"") } }];
    }
    Vec::new()
}
