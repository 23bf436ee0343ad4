//! A volume must not be far larger than its data.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::cluster::find;

pub static CHECK: Check = Check {
    id: "volume-oversized",
    rows: &[Row::PitfallOversizedVolumes, Row::CostStorage],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::PersistentVolumeClaims, Need::VolumeUsage],
    title: "A volume is mostly empty",
    why: "EBS bills what is provisioned, and a volume cannot shrink.",
    verify: "kubectl exec POD -- df -h",
    fix: "Move the data to a smaller volume, and next time start small and expand.",
    sources: &["Guide, Common Pitfalls 6"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
volumeUsage: [{namespace: shop, claim: data, usedBytes: 10737418240, capacityBytes: 536870912000}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 500Gi #~ volume-oversized
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

/// Below this size moving the data costs more than the volume.
const WORTH_MOVING: i64 = 20 << 30;

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.snapshot.account.volume_usage.known().into_iter().flatten() {
        let Some(claim) = find(&cx.cluster.persistent_volume_claims, &it.namespace, &it.claim) else { continue };
        if it.capacity_bytes <= 0 {
            continue;
        }
        out.assess();
        let (used, gib) = (it.used_bytes.saturating_mul(100) / it.capacity_bytes, it.capacity_bytes >> 30);
        if used < cx.settings.thresholds.volume_used_min_percent && it.capacity_bytes >= WORTH_MOVING {
            out.report(claim, "spec.resources.requests.storage", format!("{claim}: {used} % of {gib} GiB is used, and all of it is paid for"));
        }
    }
}
