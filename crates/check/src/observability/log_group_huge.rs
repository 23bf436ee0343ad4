//! A log group of hundreds of gigabytes is a bill.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "log-group-huge",
    rows: &[Row::CostMonitoring],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsLogGroups],
    title: "A log group stores hundreds of gigabytes",
    why: "Ingestion costs far more than storage: something logs each request or each retry in full.",
    verify: "aws logs describe-log-groups --query 'logGroups[].[logGroupName,storedBytes]'",
    fix: "Drop debug logs at the source or in the agent, and turn what is only counted into a metric filter.",
    sources: &["Guide, Cost Optimization, Monitoring"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
logGroups:
- {name: /aws/containerinsights/shop/application, retentionDays: 30, storedBytes: 900000000000} #~ log-group-huge
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
logGroups:
- {name: /aws/containerinsights/shop/application, retentionDays: 30, storedBytes: 1000000000}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// From here on storage alone is a sum that somebody should have decided on.
const HUGE_GIB: i64 = 500;

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for group in cx.snapshot.account.log_groups.known().into_iter().flatten() {
        out.assess();
        let gib = group.stored_bytes >> 30;
        // One that keeps all logs for ever is a finding of its own.
        if gib >= HUGE_GIB && group.retention_days.is_some() {
            out.report_aws(
                "AWS LogGroup",
                &group.name,
                format!("AWS LogGroup {}: it stores {gib} GiB, and their ingestion cost far more than that", group.name),
            );
        }
    }
}
