//! A backup plan must run daily and be on.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "backup-plan-lax",
    rows: &[Row::BackupStrategy],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsBackup],
    title: "A backup plan is off or too rare",
    why: "It looks like a backup until the day it is needed.",
    verify: "aws backup list-backup-plans; aws dlm get-lifecycle-policies",
    fix: "Enable the plan, run it at least once a day and keep a week of backups or more.",
    sources: &["Guide, Disaster Recovery: what to back up"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
backupPlans: [{name: weekly, service: dlm, enabled: true, intervalHours: 168, retainDays: 35}] #~ backup-plan-lax
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
backupPlans: [{name: daily, service: backup, enabled: true, intervalHours: 24, retainDays: 35, targetTags: {backup: daily}}]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for plan in cx.snapshot.account.backup_plans.known().into_iter().flatten() {
        out.assess();
        let why = if !plan.enabled {
            "it is disabled, so nothing is backed up by it".to_owned()
        } else if let Some(hours) = plan.interval_hours.filter(|it| *it > 24) {
            format!("it runs every {hours} hours, and all that was written since the last run is lost with the volume")
        } else if let Some(days) = plan.retain_days.filter(|it| *it < 7) {
            format!("it keeps backups for {days} days, less than it takes to notice damage")
        } else {
            continue;
        };
        out.report_aws("AWS BackupPlan", &plan.name, format!("AWS BackupPlan {}: {why}", plan.name));
    }
}
