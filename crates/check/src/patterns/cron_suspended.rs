//! A suspended CronJob does not run.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cron-suspended",
    rows: &[Row::PatternCron],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "CronJob is suspended",
    why: "It was switched off for some occasion; as long as it stays so, the backup or the report it makes is missing.",
    verify: "kubectl get cronjobs -A   # column SUSPEND",
    fix: "Set suspend: false, or delete the CronJob when it is no longer wanted.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, CronJob"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: \"0 2 * * *\"
  suspend: true #~ cron-suspended
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
  suspend: false
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(cron) = &workload.cron else { return };
    out.assess();
    if cron.suspend == Some(true) {
        out.report(workload, "spec.suspend", format!("{workload}: is suspended, so none of its runs takes place"));
    }
}
