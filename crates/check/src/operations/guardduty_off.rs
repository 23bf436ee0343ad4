//! GuardDuty should watch the audit log.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::report_on_cluster;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "guardduty-off",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsGuardDuty],
    title: "GuardDuty does not watch the cluster",
    why: "An attacker's calls to the API server are logged and seen by nobody.",
    verify: "aws guardduty list-detectors; aws guardduty get-detector --detector-id ID",
    fix: "Enable EKS Protection in GuardDuty, and Runtime Monitoring for the nodes.",
    sources: &["Guide, What is next: security", "GuardDuty user guide, EKS Protection"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
guarddutyFeatures: [S3_DATA_EVENTS] #~ guardduty-off
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
guarddutyFeatures: [EKS_AUDIT_LOGS]
",
    run: Run::InCluster(&[Need::AwsEksCluster], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(features) = cx.snapshot.account.guardduty_features.known() else { return };
    out.assess();
    if !features.iter().any(|it| *it == "EKS_AUDIT_LOGS") {
        report_on_cluster(cx, out, "GuardDuty: EKS audit logs are not watched, so an attacker's calls are seen by nobody");
    }
}
