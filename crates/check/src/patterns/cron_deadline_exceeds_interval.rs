//! A hung run must be over before the next is due.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Schedule, Workload};
use seatrial_report::{Confidence, Severity};

use super::jobs_of::job_path;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cron-deadline-exceeds-interval",
    rows: &[Row::PatternCron],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A run may take longer than the time to the next",
    why: "With Forbid a run that hangs makes the following ones fall out until its deadline; with Replace it never gets to its end.",
    verify: "kubectl get cronjobs -A -o yaml | grep -E 'concurrencyPolicy|DeadlineSeconds|ttlSeconds'",
    fix: "Set activeDeadlineSeconds below the interval of the schedule.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, CronJob"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"*/30 * * * *\"
  jobTemplate:
    spec:
      activeDeadlineSeconds: 7200 #~ cron-deadline-exceeds-interval
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    good: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"*/30 * * * *\"
  jobTemplate:
    spec:
      activeDeadlineSeconds: 1500
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let (Some(cron), Some(job)) = (&workload.cron, &workload.job) else { return };
    let Some(deadline) = job.active_deadline_seconds else { return };
    out.assess();
    let Some(gap) = Schedule::parse(&cron.schedule).and_then(|it| it.shortest_gap()) else { return };
    if deadline > gap {
        let message = format!("{workload}: a run may take {deadline} s but the next is due after {gap} s, so a hung one disturbs those that follow");
        out.report(workload, job_path(workload).key("activeDeadlineSeconds"), message).related(workload, "spec.schedule", "how often it runs");
    }
}
