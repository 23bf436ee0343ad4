//! A volume must have room left.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::cluster::find;

pub static CHECK: Check = Check {
    id: "volume-nearly-full",
    rows: &[Row::PitfallOversizedVolumes, Row::BackupStrategy],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::PersistentVolumeClaims, Need::VolumeUsage],
    title: "A volume is almost full",
    why: "At one hundred percent the database stops writing, and often does not start again.",
    verify: "kubectl exec POD -- df -h",
    fix: "Raise spec.resources.requests.storage of the claim; its class must allow expansion.",
    sources: &["Guide, Common Pitfalls 6"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
volumeUsage: [{namespace: shop, claim: data, usedBytes: 510000000000, capacityBytes: 536870912000}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 500Gi #~ volume-nearly-full
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
volumeUsage: [{namespace: shop, claim: data, usedBytes: 400000000000, capacityBytes: 536870912000}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 500Gi
",
    run: Run::Snapshot(run),
    repair: None,
};

/// Enough room to expand in working hours.
const ALMOST_FULL: i64 = 85;

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.snapshot.account.volume_usage.known().into_iter().flatten() {
        let Some(claim) = find(&cx.cluster.persistent_volume_claims, &it.namespace, &it.claim) else { continue };
        if it.capacity_bytes <= 0 {
            continue;
        }
        out.assess();
        let (used, gib) = (it.used_bytes.saturating_mul(100) / it.capacity_bytes, it.capacity_bytes >> 30);
        if used >= ALMOST_FULL {
            out.report(claim, "spec.resources.requests.storage", format!("{claim}: {used} % of {gib} GiB is used, and at 100 % writes fail"));
        }
    }
}
