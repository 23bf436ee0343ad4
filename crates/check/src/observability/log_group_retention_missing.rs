//! A log group written as a manifest must forget.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "log-group-retention-missing",
    rows: &[Row::LogRetention, Row::PitfallNoLogRetention],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AckLogGroups],
    title: "A LogGroup manifest sets no retention",
    why: "The bill grows every month, and personal data in logs outlives the right to keep it.",
    verify: "kubectl get loggroups.cloudwatchlogs.services.k8s.aws -A -o yaml | grep retentionDays",
    fix: "Set spec.retentionDays to 30 in production, 7 in test.",
    sources: &["Guide, Common Pitfalls 7", "ACK reference, cloudwatchlogs LogGroup"],
    bad: "
apiVersion: cloudwatchlogs.services.k8s.aws/v1alpha1
kind: LogGroup
metadata: {name: shop}
spec: #~ log-group-retention-missing
  name: /shop/api
",
    good: "
apiVersion: cloudwatchlogs.services.k8s.aws/v1alpha1
kind: LogGroup
metadata: {name: shop}
spec: 
  name: /shop/api
  retentionDays: 30
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for group in &cx.cluster.ack_log_groups {
        out.assess();
        if group.spec.retention_days.is_none_or(|days| days <= 0) {
            out.report(group, "spec.retentionDays", format!("{group}: keeps its logs for ever, and each month costs more than the last"));
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "30".to_owned() } }]
}
