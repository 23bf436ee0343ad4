//! One class is the default, not two.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use super::storage_of::defaults;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "default-storage-class-twice",
    rows: &[Row::PatternStateful],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::StorageClasses],
    title: "Two storage classes are marked as the default",
    why: "The newest of them wins, so the class of new volumes changes silently with the next class that is added.",
    verify: "kubectl get storageclass   # only one may say (default)",
    fix: "Leave the annotation storageclass.kubernetes.io/is-default-class: \"true\" on one class only.",
    sources: &["Kubernetes documentation, change the default StorageClass"],
    bad: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: gp2, annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}}
provisioner: kubernetes.io/aws-ebs
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: gp3
  annotations:
    storageclass.kubernetes.io/is-default-class: \"true\" #~ default-storage-class-twice
provisioner: ebs.csi.aws.com
",
    good: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: gp3, annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}}
provisioner: ebs.csi.aws.com
",
    run: Run::Snapshot(run),
    repair: None,
};

const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let all = defaults(cx);
    let Some((first, rest)) = all.split_first() else { return };
    out.assess();
    for it in rest {
        let path = Path::of("metadata.annotations").key(DEFAULT);
        let message = format!("{it}: is the default class beside {}, so which one a new claim gets depends on their age", first.meta.name);
        out.report(*it, path.clone(), message).related(*first, path, "the other default");
    }
}
