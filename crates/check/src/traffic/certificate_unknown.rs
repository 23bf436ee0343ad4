//! A certificate that an Ingress or Service names must exist.

use seatrial_facts::guide::Row;
use seatrial_model::{Handle, Need, Path};
use seatrial_report::{Confidence, Severity};

use super::certificates::listed;
use super::{alb, load_balancer};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "certificate-unknown",
    rows: &[Row::ValidReferences, Row::HttpsOnly],
    severity: Severity::Error,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsCertificates, Need::Services, Need::Ingresses],
    title: "The certificate that is named does not exist",
    why: "The controller cannot make the HTTPS listener; on an existing load balancer every later change is stuck behind it.",
    verify: "aws acm describe-certificate --certificate-arn ARN",
    fix: "Name a certificate of this account and region, or leave the ARN out and let it be found by host.",
    sources: &["AWS Load Balancer Controller, Ingress annotations: certificate-arn"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
certificates: [{arn: 'arn:aws:acm:us-east-1:111122223333:certificate/1', domain: shop.example.com, status: ISSUED}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    alb.ingress.kubernetes.io/certificate-arn: arn:aws:acm:us-east-1:111122223333:certificate/2 #~ certificate-unknown
spec: {ingressClassName: alb}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
certificates: [{arn: 'arn:aws:acm:us-east-1:111122223333:certificate/1', domain: shop.example.com, status: ISSUED}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations: {alb.ingress.kubernetes.io/certificate-arn: 'arn:aws:acm:us-east-1:111122223333:certificate/1'}
spec: {ingressClassName: alb}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in &cx.cluster.ingresses {
        judge(cx, out, it.handle(), alb::annotation_path("certificate-arn"), alb::annotation(it, "certificate-arn"));
    }
    for it in &cx.cluster.services {
        judge(cx, out, it.handle(), load_balancer::annotation_path("ssl-cert"), load_balancer::annotation(it, "ssl-cert"));
    }
}

fn judge(cx: &Cx<'_>, out: &mut Findings, object: Handle<'_>, path: Path, named: Option<&str>) {
    let (Some(named), Some(known)) = (named, cx.snapshot.account.certificates.known()) else { return };
    out.assess();
    // Certificates uploaded to IAM are listed elsewhere.
    let missing = listed(named).find(|arn| arn.contains(":acm:") && !known.iter().any(|it| it.arn == **arn));
    if let Some(arn) = missing {
        out.report(object, path, format!("{object}: certificate {arn} is not among those of the account, so there is no HTTPS listener for it"));
    }
}
