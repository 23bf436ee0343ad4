//! Ingresses that could share an ALB should.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::Ingress;
use seatrial_model::{Need, Object};
use seatrial_report::{Confidence, Severity};

use super::alb::albs;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "alb-per-ingress",
    rows: &[Row::CostNetworking],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::IngressClasses, Need::IngressClassParams],
    title: "Each Ingress pays for an ALB of its own",
    why: "Every ALB is charged by the hour, about 16 USD a month before any traffic, and takes addresses in each subnet.",
    verify: "kubectl get ingress -A   # different addresses are different load balancers",
    fix: "Give the Ingresses the same alb.ingress.kubernetes.io/group.name, or a group on the IngressClassParams.",
    sources: &["Guide, Cost Optimization, Networking: consolidate ingresses", "AWS Load Balancer Controller, Ingress annotations: IngressGroup"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api #~ alb-per-ingress
spec: {ingressClassName: alb, rules: [{host: api.example.com}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {ingressClassName: alb, rules: [{host: web.example.com}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, annotations: {alb.ingress.kubernetes.io/group.name: shop}}
spec: {ingressClassName: alb, rules: [{host: api.example.com}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {alb.ingress.kubernetes.io/group.name: shop}}
spec: {ingressClassName: alb, rules: [{host: web.example.com}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    // A group across namespaces lets one team change another's listeners: only those of one namespace are counted together.
    let mut alone: BTreeMap<(&str, bool), Vec<&Object<Ingress>>> = BTreeMap::new();
    for alb in albs(cx) {
        out.assess();
        if let (None, [member]) = (alb.group, &alb.members[..]) {
            alone.entry((member.meta.ns(), alb.is_internet_facing())).or_default().push(member);
        }
    }
    for ((ns, _), mut members) in alone {
        members.dedup_by(|a, b| a.meta.name == b.meta.name);
        if let [first, rest @ ..] = &members[..]
            && !rest.is_empty()
        {
            let found = out.report(
                *first,
                "metadata.name",
                format!("{first}: {} Ingresses of namespace {ns} each have an ALB of their own, where one could serve them all", members.len()),
            );
            for it in rest.iter().take(5) {
                found.related(*it, "metadata.name", "could share its ALB");
            }
        }
    }
}
