//! A volume snapshot needs its class and its claim.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::cluster::find;
use seatrial_report::{Confidence, Severity};

use super::storage_of::{is_made, prefixes};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "volume-snapshot-dangling",
    rows: &[Row::BackupStrategy, Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::VolumeSnapshots, Need::VolumeSnapshotClasses, Need::PersistentVolumeClaims, Need::Workloads],
    title: "A volume snapshot names a class or claim that is not there",
    why: "The snapshot is never taken: the backup that people rely on does not exist.",
    verify: "kubectl get volumesnapshots -A; kubectl get volumesnapshotclasses",
    fix: "Add a VolumeSnapshotClass with driver ebs.csi.aws.com, and name an existing claim.",
    sources: &["Guide, Disaster Recovery", "Kubernetes documentation, volume snapshot classes"],
    bad: "
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: nightly}
spec:
  volumeSnapshotClassName: ebs #~ volume-snapshot-dangling
  source: {persistentVolumeClaimName: data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 5Gi}}}
",
    good: "
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: nightly}
spec:
  volumeSnapshotClassName: ebs
  source: {persistentVolumeClaimName: data}
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: ebs}
driver: ebs.csi.aws.com
deletionPolicy: Retain
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 5Gi}}}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let made = prefixes(cx);
    for it in &cx.cluster.volume_snapshots {
        // One that is ready has been taken; its claim may be long gone.
        if it.status.ready_to_use == Some(true) {
            continue;
        }
        out.assess();
        if let Some(class) = it.spec.volume_snapshot_class_name.as_deref()
            && find(&cx.cluster.volume_snapshot_classes, "default", class).is_none()
        {
            out.report(it, "spec.volumeSnapshotClassName", format!("{it}: snapshot class {class} does not exist, so the snapshot is never taken"));
        }
        if let Some(claim) = it.spec.source.persistent_volume_claim_name.as_deref()
            && find(&cx.cluster.persistent_volume_claims, it.meta.ns(), claim).is_none()
            && !is_made(&made, it.meta.ns(), claim)
        {
            out.report(it, "spec.source.persistentVolumeClaimName", format!("{it}: claim {claim} does not exist, so the snapshot is never taken"));
        }
    }
}
