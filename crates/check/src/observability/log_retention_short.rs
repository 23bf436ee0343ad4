//! Logs must last until somebody needs them.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "log-retention-short",
    rows: &[Row::LogRetention],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsLogGroups],
    title: "A log group forgets too soon",
    why: "The incident of last week can no longer be looked into.",
    verify: "aws logs describe-log-groups --query 'logGroups[].[logGroupName,retentionInDays]'",
    fix: "Keep production logs for 30 to 90 days.",
    sources: &["Guide, Test vs Production: log retention"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
logGroups:
- {name: /aws/eks/shop/cluster, retentionDays: 3} #~ log-retention-short
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
logGroups:
- {name: /aws/eks/shop/cluster, retentionDays: 90}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let least = cx.settings.thresholds.log_retention_min_days;
    for group in cx.snapshot.account.log_groups.known().into_iter().flatten() {
        let Some(days) = group.retention_days else { continue };
        // Metrics have been extracted from these events by the time they arrive.
        if group.name.ends_with("/performance") {
            continue;
        }
        out.assess();
        if days < least {
            out.report_aws(
                "AWS LogGroup",
                &group.name,
                format!("AWS LogGroup {}: logs are gone after {days} days, before most incidents are looked into", group.name),
            )
            .evidence(format!("threshold: {least} days"));
        }
    }
}
