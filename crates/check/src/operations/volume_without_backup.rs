//! A volume that holds data must be backed up.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::backup_of::{Backups, bound, is_scheduled, schedules};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "volume-without-backup",
    rows: &[Row::BackupStrategy],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::PersistentVolumes, Need::AwsVolumes, Need::AwsSnapshots, Need::AwsBackup],
    title: "A volume has no backup",
    why: "A deleted claim, a corrupt file system or a lost zone takes the data for good.",
    verify: "kubectl get volumesnapshots -A; aws ec2 describe-snapshots --owner-ids self --filters Name=volume-id,Values=VOLUME",
    fix: "Cover the volume by a daily AWS Backup plan or Data Lifecycle Manager policy, and restore from it once.",
    sources: &["Guide, Disaster Recovery: what to back up"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
volumes: [{id: vol-1, volumeType: gp3, tags: {backup: daily}}]
snapshots: []
backupPlans: []
---
apiVersion: v1
kind: PersistentVolume
metadata:
  name: pv-1 #~ volume-without-backup
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
backupPlans: [{name: daily, service: backup, enabled: true, intervalHours: 24, retainDays: 35, targetTags: {backup: daily}}]
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
    for it in bound(cx) {
        out.assess();
        let (ns, claim) = it.claim;
        let covered = backups.plan(it.id).is_some() || backups.newest(it.id).is_some() || is_scheduled(&schedules, ns);
        if !covered {
            out.report(
                it.pv,
                "metadata.name",
                format!("{}: {} of claim {ns}/{claim} has no snapshot and no backup plan, so what is lost stays lost", it.pv, it.id),
            );
        }
    }
}
