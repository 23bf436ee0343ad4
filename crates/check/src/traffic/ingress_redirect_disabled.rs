//! An Ingress with TLS must not switch its controller's redirect off.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ingress-redirect-disabled",
    rows: &[Row::HttpsOnly],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses],
    title: "The redirect to HTTPS is switched off",
    why: "The same pages are served unencrypted on port 80, and whoever arrives there stays there.",
    verify: "curl -sI http://HOST/   # must answer 301 or 308 with an https location",
    fix: "Take the annotation out: with TLS the controller redirects by itself.",
    sources: &["Guide, Production Readiness Checklist, Security: HTTPS only", "ingress-nginx, annotations: server-side HTTPS enforcement through redirect"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    nginx.ingress.kubernetes.io/ssl-redirect: 'false' #~ ingress-redirect-disabled
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules: [{host: shop.example.com}]
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules: [{host: shop.example.com}]
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

/// Annotations with the value that switches the redirect off.
const SWITCHES: [(&str, &str); 6] = [
    ("nginx.ingress.kubernetes.io/ssl-redirect", "false"),
    ("nginx.org/redirect-to-https", "false"),
    ("ingress.kubernetes.io/ssl-redirect", "false"),
    ("haproxy.org/ssl-redirect", "false"),
    ("haproxy-ingress.github.io/ssl-redirect", "false"),
    ("konghq.com/https-redirect", "off"),
];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.cluster.ingresses.iter().filter(|it| !it.spec.tls.is_empty() && !cx.is_platform(it.meta.ns())) {
        out.assess();
        // A redirect that is forced holds whatever the other annotation says.
        if it.meta.annotation("nginx.ingress.kubernetes.io/force-ssl-redirect") == Some("true") {
            continue;
        }
        if let Some((key, value)) = SWITCHES.iter().find(|(key, value)| it.meta.annotation(key) == Some(value)) {
            out.report(it, Path::of("metadata.annotations").key(key), format!("{it}: {key}: {value} keeps plain HTTP open beside TLS"));
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Remove { path: found.path.clone() } }]
}
