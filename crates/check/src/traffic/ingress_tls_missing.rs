//! An Ingress of another controller than the ALB's ends TLS by `spec.tls`.

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::Ingress;
use seatrial_model::{Need, Object, Path, Text};
use seatrial_report::{Confidence, Severity};

use super::alb::{Controller, controller_of};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ingress-tls-missing",
    rows: &[Row::HttpsOnly],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::IngressClasses],
    title: "An Ingress does not use TLS",
    why: "The controller serves its hosts in plain HTTP, or with a self-made certificate that browsers warn of.",
    verify: "kubectl get ingress -A -o custom-columns=NAME:.metadata.name,TLS:.spec.tls",
    fix: "Add spec.tls with the hosts and the Secret that holds their certificate, for example one that cert-manager issues.",
    sources: &["Guide, Production Readiness Checklist, Security: HTTPS only", "Kubernetes documentation, Ingress: TLS"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: #~ ingress-tls-missing
  ingressClassName: nginx
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
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.cluster.ingresses.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        if controller_of(cx, it) == Controller::Alb || ends_tls_elsewhere(it) || is_challenge(it) {
            continue;
        }
        out.assess();
        if it.spec.tls.is_empty() {
            out.report(it, "spec.tls", format!("{it}: has no TLS, so {} served in plain HTTP", hosts(it)));
            continue;
        }
        if let Some((at, host)) = uncovered(it) {
            let path = Path::of("spec.rules").index(at).key("host");
            out.report(it, path, format!("{it}: no entry of spec.tls covers host {host}, so it is served without its certificate")).related(
                it,
                "spec.tls",
                "the hosts with a certificate",
            );
        }
    }
}

/// Behind a TLS router or passthrough the pod, or the router's own default, ends TLS.
fn ends_tls_elsewhere(it: &Object<Ingress>) -> bool {
    let annotation = |key: &str| it.meta.annotation(key);
    annotation("traefik.ingress.kubernetes.io/router.tls") == Some("true")
        || annotation("nginx.ingress.kubernetes.io/ssl-passthrough") == Some("true")
        || annotation("haproxy.org/ssl-passthrough") == Some("true")
        || annotation("networking.gke.io/managed-certificates").is_some()
        || annotation("ingress.gcp.kubernetes.io/pre-shared-cert").is_some()
        || annotation("kubernetes.io/tls-acme") == Some("true") && !it.spec.tls.is_empty()
}

/// cert-manager answers a challenge in plain HTTP, as the protocol wants it.
fn is_challenge(it: &Object<Ingress>) -> bool {
    it.meta.label("acme.cert-manager.io/http01-solver").is_some()
}

fn hosts(it: &Object<Ingress>) -> String {
    match it.hosts().collect::<Vec<_>>()[..] {
        [] => "every host is".to_owned(),
        [one] => format!("{one} is"),
        [one, ref rest @ ..] => format!("{one} and {} more are", rest.len()),
    }
}

/// The first host of the rules that no entry of `spec.tls` covers. An entry without hosts covers all.
fn uncovered(it: &Object<Ingress>) -> Option<(usize, &Text)> {
    if it.spec.tls.iter().any(|it| it.hosts.is_empty()) {
        return None;
    }
    let covers =
        |host: &str| {
            it.spec.tls.iter().flat_map(|it| &it.hosts).any(|tls| {
                tls == host || tls.strip_prefix('*').is_some_and(|rest| host.split_once('.').is_some_and(|(_, parent)| rest == format!(".{parent}")))
            })
        };
    it.spec.rules.iter().enumerate().filter_map(|(at, it)| Some((at, it.host.as_ref()?))).find(|(_, host)| !covers(host))
}
