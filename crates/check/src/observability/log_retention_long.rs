//! Logs that nobody reads cost every month.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "log-retention-long",
    rows: &[Row::CostMonitoring, Row::LogRetention],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsLogGroups],
    title: "A log group keeps logs for years",
    why: "Storage is billed for logs that nobody will read; archives are cheaper in S3.",
    verify: "aws logs describe-log-groups --query 'logGroups[].[logGroupName,retentionInDays]'",
    fix: "Lower the retention, and export what must be kept to S3.",
    sources: &["Guide, Cost Optimization, Monitoring"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
logGroups:
- {name: /aws/containerinsights/shop/application, retentionDays: 1827} #~ log-retention-long
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
logGroups:
- {name: /aws/containerinsights/shop/application, retentionDays: 90}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let most = cx.settings.thresholds.log_retention_max_days;
    for group in cx.snapshot.account.log_groups.known().into_iter().flatten() {
        let Some(days) = group.retention_days else { continue };
        // Audit logs are kept for years on purpose.
        if group.name.starts_with("/aws/eks/") || group.name.contains("audit") {
            continue;
        }
        out.assess();
        if days > most {
            out.report_aws("AWS LogGroup", &group.name, format!("AWS LogGroup {}: logs are kept for {days} days and billed for all of them", group.name))
                .evidence(format!("threshold: {most} days"));
        }
    }
}
