//! One host belongs to one load balancer.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::Ingress;
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use super::alb::albs;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "host-on-two-load-balancers",
    rows: &[Row::PatternStateless, Row::CostNetworking],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::IngressClasses, Need::IngressClassParams],
    title: "Two load balancers claim the same host",
    why: "DNS points at one of them: the paths of the other are unreachable, or both take turns and half of the requests get 404.",
    verify: "kubectl get ingress -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,HOSTS:.spec.rules[*].host,ADDRESS:.status.loadBalancer.ingress[*].hostname",
    fix: "Put the Ingresses of a host into one group (alb.ingress.kubernetes.io/group.name), so that they share one load balancer.",
    sources: &["AWS Load Balancer Controller, Ingress annotations: IngressGroup"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api}
spec:
  ingressClassName: alb
  rules: [{host: shop.example.com}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: alb
  rules:
  - host: shop.example.com #~ host-on-two-load-balancers
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, annotations: {alb.ingress.kubernetes.io/group.name: shop}}
spec:
  ingressClassName: alb
  rules: [{host: shop.example.com}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {alb.ingress.kubernetes.io/group.name: shop}}
spec:
  ingressClassName: alb
  rules: [{host: shop.example.com}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let albs = albs(cx);
    // An internal and a public load balancer may well share a host: each answers in a DNS zone of its own.
    let mut claimed: BTreeMap<(&str, bool), (usize, &Object<Ingress>, Path)> = BTreeMap::new();
    for (at, alb) in albs.iter().enumerate() {
        for member in &alb.members {
            for (r, host) in member.spec.rules.iter().enumerate().filter_map(|(r, it)| Some((r, it.host.as_deref()?))) {
                out.assess();
                let path = Path::of("spec.rules").index(r).key("host");
                let key = (host, alb.is_internet_facing());
                match claimed.get(&key) {
                    Some((first, other, theirs)) if *first != at && !is_same_object(other, member) => {
                        let message = format!("{member}: host {host} also belongs to {other}, on another load balancer, and DNS can point at one only");
                        out.report(*member, path, message).related(*other, theirs.clone(), "claimed here first");
                    }
                    Some(_) => {}
                    None => drop(claimed.insert(key, (at, member, path))),
                }
            }
        }
    }
}

/// The same Ingress in the files of several environments.
fn is_same_object(a: &Object<Ingress>, b: &Object<Ingress>) -> bool {
    a.meta.name == b.meta.name && a.meta.ns() == b.meta.ns()
}
