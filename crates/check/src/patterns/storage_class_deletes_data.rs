//! Data that matters outlives its claim.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::storage_of::ebs_classes;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "storage-class-deletes-data",
    rows: &[Row::PatternStateful, Row::BackupStrategy],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::StorageClasses, Need::Workloads, Need::PersistentVolumeClaims],
    title: "Deleting a claim deletes its data",
    why: "One wrong kubectl delete, or a namespace that is cleaned up, takes the EBS volume with it.",
    verify: "kubectl get storageclass -o custom-columns=NAME:.metadata.name,RECLAIM:.reclaimPolicy",
    fix: "Use a class with reclaimPolicy: Retain for databases, and delete released volumes on purpose.",
    sources: &["Kubernetes documentation, persistent volumes, reclaiming"],
    bad: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ebs-sc}
provisioner: ebs.csi.aws.com
reclaimPolicy: Delete #~ storage-class-deletes-data
",
    good: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ebs-sc}
provisioner: ebs.csi.aws.com
reclaimPolicy: Retain
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for class in ebs_classes(cx) {
        out.assess();
        if class.reclaim_policy.as_deref().unwrap_or("Delete") == "Delete" {
            out.report(class, "reclaimPolicy", format!("{class}: deletes the EBS volume together with its claim"));
        }
    }
}
