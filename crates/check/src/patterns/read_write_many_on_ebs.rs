//! An EBS volume with a file system is mounted by one node.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::storage_of::{claims, class_of, on_ebs};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "read-write-many-on-ebs",
    rows: &[Row::PatternStateful],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::PersistentVolumeClaims, Need::StorageClasses],
    title: "ReadWriteMany claim on EBS",
    why: "The EBS driver refuses the claim, so it stays Pending and no pod that mounts it starts.",
    verify: "kubectl get pvc -A -o custom-columns=NAME:.metadata.name,MODES:.spec.accessModes,CLASS:.spec.storageClassName",
    fix: "Use EFS (efs.csi.aws.com) for shared files, or ReadWriteOnce with one volume for each pod.",
    sources: &["EBS CSI driver documentation, access modes", "Kubernetes documentation, persistent volumes, access modes"],
    bad: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: uploads}
spec:
  accessModes: #~ read-write-many-on-ebs
  - ReadWriteMany
  storageClassName: gp3
  resources: {requests: {storage: 10Gi}}
",
    good: "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: uploads}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: efs
  resources: {requests: {storage: 10Gi}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: efs}
provisioner: efs.csi.aws.com
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for claim in claims(cx) {
        let shared = claim.spec.access_modes.iter().any(|it| &**it == "ReadWriteMany");
        // A raw block device on io2 may be attached to several nodes.
        if !shared || claim.spec.volume_mode.as_deref() == Some("Block") {
            continue;
        }
        out.assess();
        if on_ebs(cx, claim.spec) == Some(true) {
            let message = format!("{}: claim {} asks EBS for ReadWriteMany, which it cannot give, so its volume is never made", claim.object, claim.name);
            let draft = out.report(claim.object, claim.path.key("accessModes"), message);
            match class_of(cx, claim.spec) {
                Some(class) => {
                    draft.related(class, "provisioner", "makes EBS volumes");
                }
                None => {
                    draft.confidence(Confidence::Medium).evidence("by the class's name: it is not among the inputs");
                }
            }
        }
    }
}
