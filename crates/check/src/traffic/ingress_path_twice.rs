//! One path of one host leads to one backend.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::Ingress;
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use super::alb::{action_of, annotation, class_name};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ingress-path-twice",
    rows: &[Row::PatternStateless],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses],
    title: "The same host and path lead to two backends",
    why: "Which backend answers depends on the controller and on the order of creation: a change elsewhere moves the traffic.",
    verify: "kubectl get ingress -A -o yaml | grep -E 'host:|path:|name:'",
    fix: "Take out the rule that is not meant, or split traffic by weights where both are.",
    sources: &["Kubernetes documentation, Ingress: multiple matches"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: old, port: {number: 80}}}}
      - {path: /, pathType: Prefix, backend: {service: {name: new, port: {number: 80}}}} #~ ingress-path-twice
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// Class, group, host, path, path type: what the controller tells requests apart by.
type Key<'a> = (Option<&'a str>, Option<&'a str>, &'a str, &'a str, &'a str);

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut seen: BTreeMap<Key<'_>, (&Object<Ingress>, &str, Path)> = BTreeMap::new();
    for ingress in cx.cluster.ingresses.iter().filter(|it| !cx.is_platform(it.meta.ns()) && !is_weighted(it)) {
        for (r, rule) in ingress.spec.rules.iter().enumerate() {
            let Some(host) = rule.host.as_deref() else { continue };
            for (p, path) in rule.http.iter().flat_map(|it| it.paths.iter().enumerate()) {
                let Some(backend) = path.backend.service_name().filter(|_| action_of(ingress, &path.backend).is_none()) else { continue };
                out.assess();
                let at = Path::of("spec.rules").index(r).join("http.paths").index(p);
                let key = (
                    class_name(ingress),
                    annotation(ingress, "group.name"),
                    host,
                    path.path.as_deref().unwrap_or("/"),
                    path.path_type.as_deref().unwrap_or(""),
                );
                match seen.get(&key) {
                    Some((other, theirs, place)) if *theirs != backend && is_one_rule_set(other, ingress) => {
                        let message = format!("{ingress}: {host}{} leads to Service {backend} here and to {theirs} in {other}", key.3);
                        out.report(ingress, at.key("path"), message).related(*other, place.key("path"), "the other rule");
                    }
                    Some(_) => {}
                    None => drop(seen.insert(key, (ingress, backend, at))),
                }
            }
        }
    }
}

/// Canaries and rules with conditions of their own share a path on purpose.
fn is_weighted(it: &Object<Ingress>) -> bool {
    it.meta.annotations.iter().any(|(key, _)| key.contains("/canary") || key.starts_with("alb.ingress.kubernetes.io/conditions."))
}

/// ALBs of their own do not compete for a path, nor do two files of the same Ingress; an nginx serves all namespaces together.
fn is_one_rule_set(a: &Object<Ingress>, b: &Object<Ingress>) -> bool {
    let same_object = a.meta.name == b.meta.name && a.meta.ns() == b.meta.ns();
    if same_object { a.origin == b.origin } else { annotation(b, "group.name").is_some() || class_name(b).is_some_and(|it| it != "alb") }
}
