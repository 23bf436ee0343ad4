//! How often a job is tried is a decision.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::jobs_of::job_path;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "job-retries-unset",
    rows: &[Row::PatternCron],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A job leaves its retries to the default",
    why: "Kubernetes tries six times with growing pauses: a job that is not safe to repeat is repeated, one that cannot work is tried for half an hour.",
    verify: "kubectl get cronjobs,jobs -A -o yaml | grep backoffLimit",
    fix: "Set backoffLimit to how often the job may be tried again, 0 where it must not.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, Jobs"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"0 2 * * *\"
  jobTemplate:
    spec: #~ job-retries-unset
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
      backoffLimit: 2
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(job) = &workload.job else { return };
    if !workload.is_batch() {
        return;
    }
    out.assess();
    if job.backoff_limit.is_none() {
        out.report(workload, job_path(workload).key("backoffLimit"), format!("{workload}: sets no backoffLimit, so a failing job is tried six more times"));
    }
}
