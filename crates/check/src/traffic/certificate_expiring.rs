//! Certificates in use must be issued and valid for a while.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::account::Certificate;
use seatrial_report::{Confidence, Severity};

use super::certificates::in_use;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "certificate-expiring",
    rows: &[Row::HttpsOnly],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsCertificates, Need::Services, Need::Ingresses, Need::IngressClassParams, Need::AwsGatewayConfigs],
    title: "A certificate is expired, about to expire or not issued",
    why: "On the day it ends every browser and client refuses the site; one that is not issued cannot be served at all.",
    verify: "aws acm describe-certificate --certificate-arn ARN --query 'Certificate.[Status,NotAfter,RenewalEligibility]'",
    fix: "Validate the certificate by DNS and keep the validation record, so that ACM renews it; replace an imported one in time.",
    sources: &["AWS Certificate Manager user guide, managed certificate renewal"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
certificates:
- {arn: 'arn:aws:acm:us-east-1:111122223333:certificate/1', domain: shop.example.com, status: ISSUED, notAfter: '2026-12-01T00:00:00Z'} #~ certificate-expiring
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
certificates:
- {arn: 'arn:aws:acm:us-east-1:111122223333:certificate/1', domain: shop.example.com, status: ISSUED, notAfter: '2027-10-01T00:00:00Z'}
",
    run: Run::InCluster(&[Need::AwsLoadBalancers], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(all) = cx.snapshot.account.certificates.known() else { return };
    let used = in_use(cx);
    // Which are in use is known only from load balancers and annotations; without either every one counts.
    for it in all.iter().filter(|it| used.is_empty() || used.contains(it.arn.as_str())) {
        out.assess();
        judge(cx, it, out);
    }
}

fn judge(cx: &Cx<'_>, it: &Certificate, out: &mut Findings) {
    let name = if it.domain.is_empty() { &it.arn } else { &it.domain };
    if it.status != "ISSUED" {
        let state = it.status.to_lowercase().replace('_', " ");
        out.report_aws("AWS Certificate", &it.arn, format!("certificate {name}: is {state}, so no listener can serve it"));
        return;
    }
    let Some(end) = it.not_after else { return };
    let days = (end.as_second() - cx.now().as_second()).div_euclid(86_400);
    if days < 0 {
        out.report_aws("AWS Certificate", &it.arn, format!("certificate {name}: ended {} days ago, and clients refuse it", -days));
    } else if days < cx.settings.thresholds.certificate_warning_days {
        let found = out.report_aws("AWS Certificate", &it.arn, format!("certificate {name}: ends in {days} days"));
        // ACM renews on its own, 60 days ahead: this late it has tried and not succeeded, or may not try.
        found.evidence(if it.renewal_eligible == Some(true) { "ACM may renew it, and has not yet" } else { "ACM does not renew it" });
        if it.renewal_eligible == Some(true) {
            found.severity(Severity::Medium);
        }
    }
}
