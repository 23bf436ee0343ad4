//! A schedule must name a date that comes.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Schedule, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cron-never-runs",
    rows: &[Row::PatternCron],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "CronJob is scheduled for a date that never comes",
    why: "The job never runs, and nothing says so.",
    verify: "kubectl get cronjob NAME   # LAST SCHEDULE stays <none>",
    fix: "Name a day that the month has, or set suspend: true where the job is only started by hand.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, CronJob"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"0 2 30 2 *\" #~ cron-never-runs
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    good: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"0 2 28 2 *\"
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(schedule) = workload.cron.as_ref().and_then(|it| Schedule::parse(&it.schedule)) else { return };
    out.assess();
    if !schedule.ever_runs() {
        out.report(workload, "spec.schedule", format!("{workload}: is scheduled for a day that the month does not have, so it never runs"));
    }
}
