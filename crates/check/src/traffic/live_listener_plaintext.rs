//! Listeners as they run: HTTP must redirect, TLS must not be old.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::account::{LbListener, LoadBalancer};
use seatrial_report::{Confidence, Severity};

use super::alb::albs;
use super::tls_policy::weakness;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "live-listener-plaintext",
    rows: &[Row::HttpsOnly],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsLoadBalancers, Need::Ingresses, Need::IngressClasses, Need::IngressClassParams],
    title: "A running load balancer serves plain HTTP or old TLS",
    why: "What is configured in the cluster and what listens in the account can differ; users meet what listens.",
    verify: "aws elbv2 describe-listeners --load-balancer-arn ARN --query 'Listeners[].[Port,Protocol,SslPolicy,DefaultActions[0].Type]'",
    fix: "Give every HTTP listener a redirect to HTTPS, and every TLS listener a policy from TLS 1.2 on, in the object that makes it.",
    sources: &["Guide, Production Readiness Checklist, Security: HTTPS only", "Elastic Load Balancing, listeners for your Application Load Balancers"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
loadBalancers:
- name: k8s-shop
  kind: application
  scheme: internet-facing
  listeners: [{port: 80, protocol: HTTP, redirectsToHttps: false}] #~ live-listener-plaintext
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
loadBalancers:
- name: k8s-shop
  kind: application
  scheme: internet-facing
  listeners:
  - {port: 80, protocol: HTTP, redirectsToHttps: true}
  - {port: 443, protocol: HTTPS, sslPolicy: ELBSecurityPolicy-TLS13-1-2-2021-06}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(all) = cx.snapshot.account.load_balancers.known() else { return };
    let owned = plain_by_configuration(cx);
    for it in all {
        out.assess();
        for listener in &it.listeners {
            judge(it, listener, owned.contains(&it.dns_name.as_str()), out);
        }
    }
}

fn judge(it: &LoadBalancer, listener: &LbListener, known: bool, out: &mut Findings) {
    let reach = if it.scheme == "internal" { Severity::Medium } else { Severity::High };
    if listener.protocol == "HTTP" && !listener.redirects_to_https && !known {
        out.report_aws(
            "AWS LoadBalancer",
            &it.name,
            format!("load balancer {}: port {} serves plain HTTP instead of redirecting to HTTPS", it.name, listener.port),
        )
        .severity(reach);
    }
    if let Some((policy, version)) = listener.ssl_policy.as_deref().and_then(|it| Some((it, weakness(it)?))) {
        out.report_aws("AWS LoadBalancer", &it.name, format!("load balancer {}: port {} accepts {version} (policy {policy})", it.name, listener.port))
            .severity(Severity::Low);
    }
}

/// Addresses of ALBs whose Ingress asks for plain HTTP: the finding stands on that Ingress already.
fn plain_by_configuration<'a>(cx: &Cx<'a>) -> Vec<&'a str> {
    let plain = albs(cx).into_iter().filter(|it| !it.redirects());
    let members: Vec<_> = plain.flat_map(|it| it.members).collect();
    members.iter().flat_map(|it| &it.status.load_balancer.ingress).filter_map(|it| it.hostname.as_deref()).collect()
}
