//! The storage class that a claim names must exist.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::storage_of::{claims, class_named};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "storage-class-missing",
    rows: &[Row::ValidReferences, Row::PatternStateful],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims, Need::StorageClasses],
    title: "A claim names a storage class that does not exist",
    why: "The claim stays Pending for ever, and with it every pod that mounts it.",
    verify: "kubectl get storageclass; kubectl get pvc -A | grep Pending",
    fix: "Name an existing class, or add the StorageClass to what is applied before.",
    sources: &["Guide, Architecture Patterns, Pattern 2", "Kubernetes documentation, persistent volumes, class"],
    bad: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ebs-sc #~ storage-class-missing
  resources: {requests: {storage: 10Gi}}
",
    good: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ebs-sc
  resources: {requests: {storage: 10Gi}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ebs-sc}
provisioner: ebs.csi.aws.com
volumeBindingMode: WaitForFirstConsumer
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let knows_classes = cx.is_live() || !cx.cluster.storage_classes.is_empty();
    for claim in claims(cx) {
        // A claim of a named volume, and one without a class, need none.
        let Some(class) = claim.spec.storage_class_name.as_deref().filter(|it| !it.is_empty()) else { continue };
        if claim.spec.volume_name.is_some() {
            continue;
        }
        out.assess();
        // EKS makes the class gp2 in each new cluster.
        let is_built_in = class == "gp2" && !cx.is_live();
        if class_named(cx, class).is_none() && !is_built_in {
            let message = format!("{}: claim {} names storage class {class}, which does not exist, so its volume is never made", claim.object, claim.name);
            let draft = out.report(claim.object, claim.path.key("storageClassName"), message);
            draft.confidence(match (cx.is_live(), knows_classes) {
                (true, _) => Confidence::High,
                (false, true) => Confidence::Medium,
                (false, false) => Confidence::Low,
            });
            draft.severity(if knows_classes { Severity::High } else { Severity::Low });
            if !knows_classes {
                draft.evidence("no StorageClass is among the inputs: the platform may bring it");
            }
        }
    }
}
