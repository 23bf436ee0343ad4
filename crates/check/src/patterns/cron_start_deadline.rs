//! A missed run starts within a bound of time or not at all.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cron-start-deadline",
    rows: &[Row::PatternCron],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "CronJob sets no usable deadline for a missed start",
    why: "After an outage of the control plane a missed run starts at whatever hour, in the middle of the day if need be; with less than 10 seconds runs are skipped, since the controller looks only every 10.",
    verify: "kubectl get cronjobs -A -o yaml | grep -E 'concurrencyPolicy|DeadlineSeconds|ttlSeconds'",
    fix: "Set startingDeadlineSeconds to how late a run may start, 300 for example.",
    sources: &["Guide, Architecture Patterns, Pattern 4", "Kubernetes documentation, CronJob"],
    bad: "
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec: #~ cron-start-deadline
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
  startingDeadlineSeconds: 300
  jobTemplate:
    spec:
      template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry/report:1.0}]}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Safe, repair)),
};

/// The CronJob controller looks at each CronJob this often.
const CONTROLLER_SECONDS: i64 = 10;

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let Some(cron) = &workload.cron else { return };
    out.assess();
    match cron.starting_deadline_seconds {
        None => {
            out.report(
                workload,
                "spec.startingDeadlineSeconds",
                format!("{workload}: sets no startingDeadlineSeconds, so a missed run starts at any later hour"),
            );
        }
        Some(it) if it < CONTROLLER_SECONDS => {
            let message = format!("{workload}: allows {it} s to start, less than the 10 s between two looks of the controller, so runs may be skipped");
            out.report(workload, "spec.startingDeadlineSeconds", message).severity(Severity::High);
        }
        Some(_) => {}
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    found.origin.map(|origin| Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "300".to_owned() } }).into_iter().collect()
}
