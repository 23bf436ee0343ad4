//! A claim that a pod mounts must have its volume.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "claim-unbound",
    rows: &[Row::CostStorage, Row::PatternStateful],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::PersistentVolumeClaims],
    title: "A mounted claim has no volume",
    why: "Pods that mount a Pending claim cannot start; a Lost claim's data is gone.",
    verify: "kubectl get pvc -A | grep -v Bound; kubectl describe pvc NAME",
    fix: "Read the claim's events: make the missing storage class, or free the quota; restore a Lost claim from a snapshot.",
    sources: &["Guide, Cost Optimization, Storage", "Kubernetes documentation, persistent volumes, phase"],
    bad: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 5Gi}}}
status:
  phase: Lost #~ claim-unbound
",
    good: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 5Gi}}}
status: {phase: Bound}
",
    run: Run::InCluster(&[Need::Pods], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let used: BTreeSet<(&str, &str)> = cx
        .cluster
        .pods
        .iter()
        .flat_map(|pod| pod.spec.volumes.iter().filter_map(|it| Some((pod.meta.ns(), it.persistent_volume_claim.as_ref()?.claim_name.as_str()))))
        .collect();
    for claim in cx.cluster.persistent_volume_claims.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        let Some(phase) = claim.status.phase.as_deref() else { continue };
        out.assess();
        match phase {
            "Lost" => {
                out.report(claim, "status.phase", format!("{claim}: is Lost, its volume no longer exists"));
            }
            // One that nobody mounts may just wait for its first consumer.
            "Pending" if used.contains(&(claim.meta.ns(), claim.meta.name.as_str())) => {
                let class = claim.spec.storage_class_name.as_deref().unwrap_or("the default one");
                out.report(claim, "status.phase", format!("{claim}: is Pending, so the pods that mount it cannot start"))
                    .evidence(format!("storage class: {class}"));
            }
            _ => {}
        }
    }
}
