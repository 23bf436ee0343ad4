//! A load balancer that sends to pods must be let in by their policies.

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::{Ingress, IngressBackend, Service};
use seatrial_model::{Handle, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use super::alb::{albs, target_port};
use super::flows::{Direction, Peer, PodEnd, Port, judge};
use super::isolation::{is_for_want_of_another, is_governable, other_engine};
use super::load_balancer::{annotation, load_balancers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "network-policy-blocks-load-balancer",
    rows: &[Row::NetworkPolicies, Row::PatternMultiTier],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies, Need::Services, Need::Ingresses, Need::IngressClasses, Need::IngressClassParams, Need::Namespaces],
    title: "Network policies keep the load balancer out",
    why: "With ip targets the ALB connects from its own addresses in the VPC, which no podSelector selects: its targets are unhealthy and users get 503.",
    verify: "kubectl get targetgroupbindings -A; aws elbv2 describe-target-health --target-group-arn ARN",
    fix: "Add an ingress rule with an ipBlock of the load balancer's subnets (or the VPC) for the target port.",
    sources: &["EKS best practices guide, security: network policies", "AWS Load Balancer Controller, Ingress annotations: target-type"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: #~ network-policy-blocks-load-balancer
  - from: [{podSelector: {}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {alb.ingress.kubernetes.io/target-type: ip}}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: app, image: registry/web:1.0, ports: [{containerPort: 8080}]}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from: [{ipBlock: {cidr: 10.0.0.0/16}}]
    ports: [{port: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, annotations: {alb.ingress.kubernetes.io/target-type: ip}}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: app, image: registry/web:1.0, ports: [{containerPort: 8080}]}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for alb in albs(cx) {
        // Traffic to nodes reaches pods from their own node, which is always let in.
        for member in alb.members.iter().filter(|it| alb.target_type(it).0 == "ip") {
            for (backend, _) in member.backends() {
                judge_backend(cx, member, backend, out);
            }
        }
    }
    for service in load_balancers(cx).into_iter().filter(|it| annotation(it, "nlb-target-type") == Some("ip")) {
        for workload in cx.graph.selected_by_service(service) {
            judge_workload(cx, workload, target_port(service, None, workload), service.handle(), out);
        }
    }
}

fn judge_backend(cx: &Cx<'_>, ingress: &Object<Ingress>, backend: &IngressBackend, out: &mut Findings) {
    let service: Option<&Object<Service>> = backend.service_name().and_then(|it| cx.graph.named(ingress, &cx.cluster.services, it));
    let Some(service) = service else { return };
    let port = backend.service.as_ref().map(|it| (&it.port.name, it.port.number));
    for workload in cx.graph.selected_by_service(service) {
        judge_workload(cx, workload, target_port(service, port, workload), ingress.handle(), out);
    }
}

fn judge_workload(cx: &Cx<'_>, workload: &Object<Workload>, port: Option<i64>, front: Handle<'_>, out: &mut Findings) {
    let Some(port) = port.filter(|_| is_governable(workload) && other_engine(cx, workload.meta.ns()).is_none()) else { return };
    let policies = cx.graph.policies_of(workload);
    if !policies.iter().any(|it| it.governs_ingress()) {
        return;
    }
    out.assess();
    let verdict = judge(cx.cluster, &policies, &PodEnd::of(workload), Direction::Ingress, Peer::Vpc, Port::tcp(port));
    let Some(by) = verdict.denied_by() else { return };
    let Some(owner) = by.iter().copied().find(|it| !it.spec.pod_selector.is_empty()).or(by.first().copied()) else { return };
    if is_for_want_of_another(cx, owner) {
        return;
    }
    let path = if owner.spec.ingress.is_some() { Path::of("spec.ingress") } else { Path::of("spec.podSelector") };
    out.report(owner, path, format!("{owner}: lets no address of the VPC reach {workload} on port {port}, so the load balancer of {front} cannot"))
        .related(front, "metadata.name", "sends to these pods")
        .related(workload, workload.template_path().join("metadata.labels"), "these pods are selected");
}
