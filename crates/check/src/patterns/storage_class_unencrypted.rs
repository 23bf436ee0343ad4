//! EBS volumes must be encrypted at rest.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::storage_of::ebs_classes;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "storage-class-unencrypted",
    rows: &[Row::PatternStateful],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::StorageClasses, Need::Workloads, Need::PersistentVolumeClaims],
    title: "Storage class makes unencrypted volumes",
    why: "The data, and each snapshot of it, lies on disk in the clear; encrypting later means copying every volume.",
    verify: "kubectl get storageclass -o custom-columns=NAME:.metadata.name,ENCRYPTED:.parameters.encrypted",
    fix: "Set parameters.encrypted: \"true\" on a new class, or switch on EBS encryption by default for the account.",
    sources: &["EKS best practices guide, security, data encryption at rest", "EBS CSI driver documentation, StorageClass parameters"],
    bad: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ebs-sc}
provisioner: ebs.csi.aws.com
parameters: #~ storage-class-unencrypted
  type: gp3
volumeBindingMode: WaitForFirstConsumer
",
    good: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ebs-sc}
provisioner: ebs.csi.aws.com
parameters: {type: gp3, encrypted: \"true\"}
volumeBindingMode: WaitForFirstConsumer
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for class in ebs_classes(cx) {
        out.assess();
        let encrypted = class.parameters.iter().any(|(key, it)| key.eq_ignore_ascii_case("encrypted") && it.eq_ignore_ascii_case("true"));
        if !encrypted {
            let message = format!("{class}: does not ask for encryption, so its volumes and their snapshots are stored in the clear");
            out.report(class, "parameters.encrypted", message).evidence("unless the account encrypts EBS volumes by default");
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Set { path: Path::of("parameters.encrypted"), yaml: "\"true\"".to_owned() };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
