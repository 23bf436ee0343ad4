//! A schedule says in which time zone it is meant.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cron-time-zone-missing",
    rows: &[Row::PatternCron],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "CronJob names no time zone",
    why: "The schedule is read in the time zone of the control plane, UTC on EKS: a nightly job meant for local time runs in the evening or the morning.",
    verify: "kubectl get cronjobs -A   # column TIMEZONE",
    fix: "Set timeZone, Etc/UTC where that is meant.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, CronJob"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec: #~ cron-time-zone-missing
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
  timeZone: Etc/UTC
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
    if cron.time_zone.is_none() {
        out.report(workload, "spec.timeZone", format!("{workload}: names no timeZone, so its schedule is read in UTC"));
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    found.origin.map(|origin| Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "Etc/UTC".to_owned() } }).into_iter().collect()
}
