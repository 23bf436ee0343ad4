//! A security policy that is written must not accept TLS below 1.2.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Handle, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::tls_policy::weakness;
use super::{alb, load_balancer};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "tls-policy-weak",
    rows: &[Row::HttpsOnly],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Services, Need::Ingresses, Need::IngressClassParams, Need::AwsGatewayConfigs],
    title: "The load balancer's security policy accepts old TLS",
    why: "A client can be talked down to a version of TLS whose encryption is broken; auditors refuse it as well.",
    verify: "aws elbv2 describe-listeners --load-balancer-arn ARN --query 'Listeners[].[Port,SslPolicy]'",
    fix: "Use a policy that asks for TLS 1.2 at least, such as ELBSecurityPolicy-TLS13-1-2-2021-06.",
    sources: &["Elastic Load Balancing, security policies for Application Load Balancers", "RFC 8996, deprecating TLS 1.0 and TLS 1.1"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    alb.ingress.kubernetes.io/ssl-policy: ELBSecurityPolicy-TLS-1-1-2017-01 #~ tls-policy-weak
spec: {ingressClassName: alb}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations: {alb.ingress.kubernetes.io/ssl-policy: ELBSecurityPolicy-TLS13-1-2-2021-06}
spec: {ingressClassName: alb}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in &cx.cluster.ingresses {
        judge(out, it.handle(), alb::annotation_path("ssl-policy"), alb::annotation(it, "ssl-policy"));
    }
    for it in &cx.cluster.services {
        judge(out, it.handle(), load_balancer::annotation_path("ssl-negotiation-policy"), load_balancer::annotation(it, "ssl-negotiation-policy"));
    }
    for it in &cx.cluster.ingress_class_params {
        judge(out, it.handle(), Path::of("spec.sslPolicy"), it.spec.ssl_policy.as_deref());
    }
    for it in &cx.cluster.aws_gateway_configs {
        for (at, listener) in it.spec.listener_configurations.iter().enumerate() {
            judge(out, it.handle(), Path::of("spec.listenerConfigurations").index(at).key("sslPolicy"), listener.ssl_policy.as_deref());
        }
    }
}

fn judge(out: &mut Findings, object: Handle<'_>, path: Path, policy: Option<&str>) {
    let Some(policy) = policy else { return };
    out.assess();
    if let Some(version) = weakness(policy) {
        out.report(object, path, format!("{object}: security policy {policy} still accepts {version}"));
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "ELBSecurityPolicy-TLS13-1-2-2021-06".to_owned() } }]
}
