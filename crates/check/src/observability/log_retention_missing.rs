//! A log group must forget.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "log-retention-missing",
    rows: &[Row::LogRetention, Row::PitfallNoLogRetention, Row::CostMonitoring],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsLogGroups],
    title: "A log group keeps its logs for ever",
    why: "The bill grows every month, and personal data in logs outlives the right to keep it.",
    verify: "aws logs describe-log-groups --query 'logGroups[?retentionInDays==null].logGroupName'",
    fix: "aws logs put-retention-policy --log-group-name GROUP --retention-in-days 30.",
    sources: &["Guide, Common Pitfalls 7", "CloudWatch Logs user guide, change log data retention"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
logGroups:
- {name: /aws/containerinsights/shop/application, storedBytes: 5368709120} #~ log-retention-missing
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
logGroups:
- {name: /aws/containerinsights/shop/application, retentionDays: 30}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for group in cx.snapshot.account.log_groups.known().into_iter().flatten() {
        // Groups of class DELIVERY keep a day whatever is set.
        if group.class.as_deref() == Some("DELIVERY") {
            continue;
        }
        out.assess();
        if group.retention_days.is_none() {
            out.report_aws(
                "AWS LogGroup",
                &group.name,
                format!("AWS LogGroup {}: keeps its logs for ever, and each month costs more than the last", group.name),
            )
            .evidence(format!("stored now: {:.1} GiB", group.stored_bytes as f64 / f64::from(1 << 30)));
        }
    }
}
