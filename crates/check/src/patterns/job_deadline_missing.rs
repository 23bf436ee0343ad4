//! A job that hangs must be stopped.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::jobs_of::{is_deployment_hook, job_path};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "job-deadline-missing",
    rows: &[Row::PatternCron],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A job may run for ever",
    why: "A job that hangs holds its node, its locks and, with concurrencyPolicy Forbid, every later run: nobody notices until the report is missed.",
    verify: "kubectl get cronjobs -A -o yaml | grep -E 'concurrencyPolicy|DeadlineSeconds|ttlSeconds'",
    fix: "Set activeDeadlineSeconds to a few times the usual duration.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, Jobs"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"0 2 * * *\"
  jobTemplate:
    spec: #~ job-deadline-missing
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    good: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"0 2 * * *\"
  jobTemplate:
    spec:
      activeDeadlineSeconds: 3600
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(job) = &workload.job else { return };
    if !workload.is_batch() {
        return;
    }
    out.assess();
    // Helm and Argo CD wait for their hooks with a time limit of their own.
    let bounded = job.active_deadline_seconds.is_some() || workload.pod().active_deadline_seconds.is_some() || is_deployment_hook(workload);
    let ended = workload.status.completion_time.is_some();
    if !bounded && !ended {
        out.report(
            workload,
            job_path(workload).key("activeDeadlineSeconds"),
            format!("{workload}: sets no activeDeadlineSeconds, so a job that hangs is never stopped"),
        );
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    found.origin.map(|origin| Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "3600".to_owned() } }).into_iter().collect()
}
