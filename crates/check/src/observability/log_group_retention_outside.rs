//! A log group written as a manifest must keep logs long enough and no longer.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "log-group-retention-outside",
    rows: &[Row::LogRetention],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AckLogGroups],
    title: "A LogGroup manifest keeps logs too short or too long",
    why: "Too short, and last week's incident cannot be looked into; too long, and the bill is for logs that nobody reads.",
    verify: "kubectl get loggroups.cloudwatchlogs.services.k8s.aws -A -o yaml | grep retentionDays",
    fix: "Set spec.retentionDays to between 30 and 90.",
    sources: &["Guide, Test vs Production: log retention"],
    bad: "
apiVersion: cloudwatchlogs.services.k8s.aws/v1alpha1
kind: LogGroup
metadata: {name: shop}
spec: 
  name: /shop/api
  retentionDays: 1 #~ log-group-retention-outside
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
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let (least, most) = (cx.settings.thresholds.log_retention_min_days, cx.settings.thresholds.log_retention_max_days);
    for group in &cx.cluster.ack_log_groups {
        let Some(days) = group.spec.retention_days.filter(|it| *it > 0) else { continue };
        out.assess();
        let consequence = match days {
            days if days < least => "before most incidents are looked into",
            days if days > most => "and billed for all of them",
            _ => continue,
        };
        out.report(group, "spec.retentionDays", format!("{group}: logs are kept for {days} days, {consequence}"))
            .evidence(format!("thresholds: {least} to {most} days"));
    }
}
