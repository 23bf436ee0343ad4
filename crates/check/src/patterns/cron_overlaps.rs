//! Runs of one CronJob must not overlap.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cron-overlaps",
    rows: &[Row::PatternCron],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "CronJob lets its runs overlap",
    why: "A run that takes longer than the interval is joined by the next: they work on the same data twice, and slow each other down until the cluster is full of them.",
    verify: "kubectl get cronjobs -A -o yaml | grep -E 'concurrencyPolicy|DeadlineSeconds|ttlSeconds'",
    fix: "Set concurrencyPolicy: Forbid, or Replace where the newest run is the one that counts.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, CronJob"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec: #~ cron-overlaps
  schedule: \"0 2 * * *\"
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    good: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"0 2 * * *\"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(cron) = &workload.cron else { return };
    out.assess();
    if cron.concurrency_policy.as_deref().unwrap_or("Allow") == "Allow" {
        out.report(workload, "spec.concurrencyPolicy", format!("{workload}: starts the next run while one still works, so slow runs pile up"));
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    found.origin.map(|origin| Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "Forbid".to_owned() } }).into_iter().collect()
}
