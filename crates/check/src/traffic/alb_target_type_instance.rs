//! An ALB must send to the pods themselves.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::find;
use seatrial_model::kinds::traffic::Service;
use seatrial_model::{Change, Edit, Need, Object, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::alb::{albs, annotation, annotation_path};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "alb-target-type-instance",
    rows: &[Row::PatternStateless],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::Services, Need::IngressClasses, Need::IngressClassParams],
    title: "An ALB sends to nodes instead of pods",
    why: "Requests take a second hop to any node, pod readiness gates do not work, and a node that goes away takes requests with it. A ClusterIP Service cannot be reached so at all.",
    verify: "kubectl get ingress -A -o yaml | grep target-type",
    fix: "Set alb.ingress.kubernetes.io/target-type: ip, or targetType: ip on the IngressClassParams.",
    sources: &["AWS Load Balancer Controller, Ingress annotations: target-type", "EKS best practices guide, networking: load balancing"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web #~ alb-target-type-instance
  annotations: {alb.ingress.kubernetes.io/scheme: internal}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations: {alb.ingress.kubernetes.io/target-type: ip}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for alb in albs(cx) {
        for member in &alb.members {
            // A Service may override its Ingress.
            let services: Vec<_> = member
                .backends()
                .iter()
                .filter_map(|(it, _)| find(&cx.cluster.services, member.meta.ns(), it.service_name()?))
                .filter(|it| !is_ip(it))
                .collect();
            if member.backends().is_empty()
                || (services.is_empty()
                    && member.backends().iter().any(|(it, _)| it.service_name().is_some_and(|it| find(&cx.cluster.services, member.meta.ns(), it).is_some())))
            {
                continue;
            }
            out.assess();
            let (target_type, written) = alb.target_type(member);
            if target_type != "instance" {
                continue;
            }
            let path = if annotation(member, "target-type").is_some() { annotation_path("target-type") } else { Path::of("metadata.name") };
            let how = if written { "target-type is instance" } else { "no target-type is set, which means instance" };
            match services.iter().find(|it| it.service_type() == "ClusterIP") {
                Some(service) => {
                    let message = format!("{member}: {how}, but {service} has no node port, so the controller refuses it");
                    out.report(*member, path, message).related(*service, "spec.type", "a ClusterIP Service").severity(Severity::Error);
                }
                None => drop(out.report(*member, path, format!("{member}: {how}, so the ALB sends to nodes, not to pods, and readiness gates do not work"))),
            }
        }
    }
}

fn is_ip(service: &Object<Service>) -> bool {
    service.meta.annotation("alb.ingress.kubernetes.io/target-type") == Some("ip")
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: annotation_path("target-type"), yaml: "ip".to_owned() } }]
}
