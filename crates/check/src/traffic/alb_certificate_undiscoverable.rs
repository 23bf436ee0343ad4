//! An HTTPS listener needs a certificate: named, or found by host.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use super::alb::{albs, annotation, annotation_path};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "alb-certificate-undiscoverable",
    rows: &[Row::HttpsOnly, Row::ValidReferences],
    severity: Severity::Error,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::IngressClasses, Need::IngressClassParams],
    title: "An HTTPS listener has no certificate to be found by",
    why: "The load balancer controller cannot tell which certificate is meant and refuses the Ingress: no listener is made.",
    verify: "kubectl describe ingress NAME   # the events say that no certificate was found",
    fix: "Name the certificate in certificate-arn, or write the host in the rules or in spec.tls so that it can be found.",
    sources: &["AWS Load Balancer Controller, certificate discovery"],
    bad: r#"
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    alb.ingress.kubernetes.io/listen-ports: '[{"HTTPS": 443}]' #~ alb-certificate-undiscoverable
spec:
  ingressClassName: alb
  rules: [{http: {paths: []}}]
"#,
    good: r#"
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    alb.ingress.kubernetes.io/listen-ports: '[{"HTTPS": 443}]'
spec:
  ingressClassName: alb
  rules: [{host: shop.example.com}]
"#,
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for alb in albs(cx) {
        for member in &alb.members {
            if !alb.listeners(member).is_some_and(|all| all.iter().any(|it| it.tls)) {
                continue;
            }
            out.assess();
            let hosts = member.hosts().next().is_some() || member.spec.tls.iter().any(|it| !it.hosts.is_empty());
            // Members of a group lend each other their certificates.
            if hosts || alb.members.iter().any(|it| alb.has_certificate(it)) {
                continue;
            }
            let path = if annotation(member, "listen-ports").is_some() { annotation_path("listen-ports") } else { Path::of("metadata.name") };
            out.report(*member, path, format!("{member}: listens on HTTPS but names neither a certificate nor a host to find one by, so no listener is made"));
        }
    }
}
