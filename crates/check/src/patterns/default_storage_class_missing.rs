//! Claims without a class need a default class; EKS has had none of its own since 1.30.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::storage_of::{ClaimAt, claims, defaults};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "default-storage-class-missing",
    rows: &[Row::PatternStateful, Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims, Need::StorageClasses],
    title: "Claims rely on a default storage class that does not exist",
    why: "A claim that names no class waits until somebody makes one the default; its pods stay Pending.",
    verify: "kubectl get storageclass   # one must say (default)",
    fix: "Name the class in the claim, or mark one StorageClass as the default.",
    sources: &["EKS user guide, Kubernetes 1.30: gp2 is no longer annotated as the default class", "Kubernetes documentation, change the default StorageClass"],
    bad: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: #~ default-storage-class-missing
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10Gi}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: gp3}
provisioner: ebs.csi.aws.com
volumeBindingMode: WaitForFirstConsumer
",
    good: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10Gi}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: gp3, annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}}
provisioner: ebs.csi.aws.com
volumeBindingMode: WaitForFirstConsumer
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let all = claims(cx);
    let without: Vec<&ClaimAt<'_>> = all.iter().filter(|it| it.spec.storage_class_name.is_none() && it.spec.volume_name.is_none()).collect();
    let Some(first) = without.first() else { return };
    out.assess();
    if !defaults(cx).is_empty() {
        return;
    }
    let knows_classes = cx.is_live() || !cx.cluster.storage_classes.is_empty();
    let message = format!("{}: claim {} names no storage class and there is no default one, so its volume is never made", first.object, first.name);
    let draft = out.report(first.object, first.path.key("storageClassName"), message);
    draft.evidence(format!("{} claim{} without a class", without.len(), if without.len() == 1 { "" } else { "s" }));
    for it in without.iter().skip(1).take(5) {
        draft.related(it.object, it.path.key("storageClassName"), "names no class either");
    }
    if !knows_classes {
        draft.severity(Severity::Low).confidence(Confidence::Low).evidence("no StorageClass is among the inputs: the platform may bring a default one");
    }
}
