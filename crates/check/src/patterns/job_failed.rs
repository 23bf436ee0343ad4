//! A job that failed is looked at.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "job-failed",
    rows: &[Row::PatternCron],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A job failed, or a CronJob no longer succeeds",
    why: "What the job was for has not been done: the migration, the backup, the report.",
    verify: "kubectl get jobs -A; kubectl describe cronjob NAME; kubectl logs job/NAME",
    fix: "Read the pod logs of the failed job, mend the cause, and run it again.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, Jobs"],
    bad: "
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/migrate:1.0}]}}
status:
  conditions: #~ job-failed
  - {type: Failed, status: \"True\", reason: BackoffLimitExceeded}
",
    good: "
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/migrate:1.0}]}}
status:
  conditions: [{type: Complete, status: \"True\"}]
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let status = &workload.status;
    if workload.workload_kind == WorkloadKind::Job && !status.conditions.is_empty() {
        out.assess();
        if let Some(it) = status.conditions.iter().find(|it| &*it.kind == "Failed" && &*it.status == "True") {
            let reason = it.reason.as_deref().unwrap_or("no reason given");
            out.report(workload, "status.conditions", format!("{workload}: failed ({reason}), so what it was for has not been done"));
        }
    }
    let Some(last) = status.last_schedule_time.filter(|_| workload.cron.is_some()) else { return };
    out.assess();
    // A run that is under way may still succeed.
    let running = status.active.is_some_and(|it| it.0 > 0);
    if !running && status.last_successful_time.is_none_or(|it| it < last) {
        let since = status.last_successful_time.map_or_else(|| "never succeeded".to_owned(), |it| format!("last succeeded at {it}"));
        out.report(workload, "status.lastSuccessfulTime", format!("{workload}: its run of {last} did not succeed")).evidence(since);
    }
}
