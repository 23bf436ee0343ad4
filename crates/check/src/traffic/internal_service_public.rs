//! What is internal by name must be internal by scheme.

use seatrial_facts::guide::Row;
use seatrial_model::{Handle, Need, Path};
use seatrial_report::{Confidence, Severity};

use super::alb::{self, albs};
use super::data_tier::data_of;
use super::load_balancer::{self, is_internet_facing, load_balancers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "internal-service-public",
    rows: &[Row::CostNetworking, Row::PatternMultiTier],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Services, Need::Ingresses, Need::Workloads, Need::IngressClasses, Need::IngressClassParams],
    title: "An internal service has a public load balancer",
    why: "What was meant for colleagues and services answers the whole internet, and traffic between services pays for the way out.",
    verify: "aws elbv2 describe-load-balancers --query 'LoadBalancers[].[LoadBalancerName,Scheme]'",
    fix: "Set the scheme to internal.",
    sources: &["Guide, Cost Optimization, Networking: internal load balancers for service-to-service communication"],
    bad: "
apiVersion: v1
kind: Service
metadata:
  name: ledger-internal
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing #~ internal-service-public
spec:
  type: LoadBalancer
  loadBalancerClass: service.k8s.aws/nlb
  selector: {app: ledger}
  ports: [{port: 443}]
",
    good: "
apiVersion: v1
kind: Service
metadata:
  name: ledger-internal
  annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internal}
spec:
  type: LoadBalancer
  loadBalancerClass: service.k8s.aws/nlb
  selector: {app: ledger}
  ports: [{port: 443}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for service in load_balancers(cx) {
        out.assess();
        // A store's exposure is a finding of its own.
        let is_store = cx.graph.selected_by_service(service).into_iter().any(|it| data_of(it).is_some());
        if is_internet_facing(service) && is_internal_name(&service.meta.name) && !is_store {
            let written = load_balancer::annotation(service, "scheme").is_some();
            judge(out, service.handle(), if written { load_balancer::annotation_path("scheme") } else { Path::of("spec.type") }, &service.meta.name);
        }
    }
    for alb in albs(cx).into_iter().filter(|it| it.is_internet_facing()) {
        for member in &alb.members {
            out.assess();
            let host = member.spec.rules.iter().enumerate().find_map(|(at, it)| Some((at, it.host.as_deref().filter(|it| is_internal_host(it))?)));
            if let Some((at, host)) = host {
                judge(out, member.handle(), Path::of("spec.rules").index(at).key("host"), host);
            } else if is_internal_name(&member.meta.name) && alb::annotation(member, "scheme").is_some() {
                judge(out, member.handle(), alb::annotation_path("scheme"), &member.meta.name);
            }
        }
    }
}

fn judge(out: &mut Findings, object: Handle<'_>, path: Path, name: &str) {
    out.report(object, path, format!("{object}: {name} is internal by its name, but its load balancer faces the internet"));
}

fn is_internal_name(name: &str) -> bool {
    name.split('-').any(|it| matches!(it, "internal" | "private" | "intranet"))
}

fn is_internal_host(host: &str) -> bool {
    host.ends_with(".internal") || host.ends_with(".local") || host.split('.').any(|it| it == "internal" || it == "intranet")
}
