//! The last backup must be of today.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::backup_of::{Backups, bound, is_scheduled, schedules};
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use jiff::SignedDuration;

pub static CHECK: Check = Check {
    id: "backup-too-old",
    rows: &[Row::BackupStrategy],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::PersistentVolumes, Need::AwsVolumes, Need::AwsSnapshots, Need::AwsBackup],
    title: "The newest backup of a volume is too old",
    why: "A restore brings back a state of days ago; a plan that stopped working is noticed on the day it is needed.",
    verify: "aws ec2 describe-snapshots --owner-ids self --filters Name=volume-id,Values=VOLUME",
    fix: "Schedule daily snapshots, and look at the jobs of the plan that should have made them.",
    sources: &["Guide, Test vs Production: backup frequency"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
volumes: [{id: vol-1, volumeType: gp3, tags: {backup: daily}}]
snapshots: [{id: snap-1, volumeId: vol-1, startTime: \"2026-11-01T02:00:00Z\", state: completed}]
backupPlans: []
---
apiVersion: v1
kind: PersistentVolume
metadata:
  name: pv-1 #~ backup-too-old
  creationTimestamp: \"2026-01-01T00:00:00Z\"
spec:
  claimRef: {namespace: data, name: data-postgres-0}
  csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
volumes: [{id: vol-1, volumeType: gp3, tags: {backup: daily}}]
snapshots: [{id: snap-1, volumeId: vol-1, startTime: \"2026-11-24T02:00:00Z\", state: completed}]
backupPlans: []
---
apiVersion: v1
kind: PersistentVolume
metadata:
  name: pv-1
  creationTimestamp: \"2026-01-01T00:00:00Z\"
spec:
  claimRef: {namespace: data, name: data-postgres-0}
  csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let backups = Backups::new(cx);
    let schedules = schedules(cx);
    let most = SignedDuration::from_hours(cx.settings.thresholds.backup_max_age_hours);
    for it in bound(cx) {
        let plan = backups.plan(it.id);
        let (ns, claim) = it.claim;
        // A volume without any backup is a finding of its own; another program may keep copies that EC2 does not show.
        let since = backups.newest(it.id).or(plan.and(it.pv.meta.creation_timestamp));
        let Some(since) = since.filter(|_| !is_scheduled(&schedules, ns)) else { continue };
        out.assess();
        let age = cx.now().duration_since(since);
        if age > most {
            let found = match backups.newest(it.id) {
                Some(_) => format!("{}: the newest snapshot of {} (claim {ns}/{claim}) is {} hours old", it.pv, it.id, age.as_hours()),
                None => format!("{}: a plan covers {} (claim {ns}/{claim}), but it has never made a snapshot", it.pv, it.id),
            };
            out.report(it.pv, "metadata.name", found).evidence(plan.map_or("no enabled plan covers it".to_owned(), |it| format!("plan {}", it.name)));
        }
    }
}
