//! A failed run leaves a trace.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cron-history-off",
    rows: &[Row::PatternCron],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "CronJob keeps no failed run",
    why: "The failed job is deleted at once with its pods: nobody can read why it failed.",
    verify: "kubectl get cronjobs -A -o yaml | grep HistoryLimit",
    fix: "Set failedJobsHistoryLimit to 1 or more.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, CronJob"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"0 2 * * *\"
  failedJobsHistoryLimit: 0 #~ cron-history-off
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
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(cron) = &workload.cron else { return };
    out.assess();
    if cron.failed_jobs_history_limit == Some(0) {
        out.report(workload, "spec.failedJobsHistoryLimit", format!("{workload}: keeps no failed run, so why one failed cannot be read"));
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    found.origin.map(|origin| Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "1".to_owned() } }).into_iter().collect()
}
