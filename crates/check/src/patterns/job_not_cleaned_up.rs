//! Finished jobs are removed after a while.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::jobs_of::{is_deployment_hook, job_path};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "job-not-cleaned-up",
    rows: &[Row::PatternCron],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "Finished jobs stay for ever",
    why: "Their pods and objects collect in the API server: lists grow slow, and quotas that count objects fill up.",
    verify: "kubectl get cronjobs -A -o yaml | grep -E 'concurrencyPolicy|DeadlineSeconds|ttlSeconds'",
    fix: "Set ttlSecondsAfterFinished, 86400 for a day.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, Jobs"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"0 2 * * *\"
  jobTemplate:
    spec: #~ job-not-cleaned-up
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
      ttlSecondsAfterFinished: 86400
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(job) = &workload.job else { return };
    if !workload.is_batch() {
        return;
    }
    out.assess();
    if job.ttl_seconds_after_finished.is_none() && !is_deployment_hook(workload) {
        let what = if workload.cron.is_some() { "only the history limits remove its jobs" } else { "it stays in the cluster after it has finished" };
        out.report(workload, job_path(workload).key("ttlSecondsAfterFinished"), format!("{workload}: sets no ttlSecondsAfterFinished, so {what}"));
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    found.origin.map(|origin| Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "86400".to_owned() } }).into_iter().collect()
}
