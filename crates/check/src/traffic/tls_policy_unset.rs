//! Without a written security policy the controller's default decides, and that is an old one.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use super::alb::{albs, annotation, annotation_path};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "tls-policy-unset",
    rows: &[Row::HttpsOnly],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Ingresses, Need::IngressClasses, Need::IngressClassParams],
    title: "An HTTPS listener leaves its security policy open",
    why: "The API's default policy dates from 2016 and still accepts TLS 1.0, unless the controller was given a better default.",
    verify: "aws elbv2 describe-listeners --load-balancer-arn ARN --query 'Listeners[].[Port,SslPolicy]'",
    fix: "Set alb.ingress.kubernetes.io/ssl-policy, or sslPolicy on the IngressClassParams for all.",
    sources: &["Elastic Load Balancing, security policies for Application Load Balancers: default policy"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web #~ tls-policy-unset
  annotations: {alb.ingress.kubernetes.io/certificate-arn: 'arn:aws:acm:us-east-1:111122223333:certificate/1'}
spec: {ingressClassName: alb}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    alb.ingress.kubernetes.io/certificate-arn: 'arn:aws:acm:us-east-1:111122223333:certificate/1'
    alb.ingress.kubernetes.io/ssl-policy: ELBSecurityPolicy-TLS13-1-2-2021-06
spec: {ingressClassName: alb}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for alb in albs(cx) {
        let by_class = alb.params.is_some_and(|it| it.spec.ssl_policy.is_some());
        let Some(member) = alb.members.iter().find(|it| alb.listeners(it).is_some_and(|all| all.iter().any(|it| it.tls))) else { continue };
        out.assess();
        if !by_class && !alb.members.iter().any(|it| annotation(it, "ssl-policy").is_some()) {
            out.report(*member, "metadata.name", format!("{member}: no ssl-policy is set, so the default one applies, which accepts TLS 1.0"));
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: annotation_path("ssl-policy"), yaml: "ELBSecurityPolicy-TLS13-1-2-2021-06".to_owned() } }]
}
