//! Volumes start small and grow, which the class must allow.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::storage_of::ebs_classes;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "storage-class-not-expandable",
    rows: &[Row::CostStorage, Row::PatternStateful, Row::PitfallOversizedVolumes],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::StorageClasses, Need::Workloads, Need::PersistentVolumeClaims],
    title: "Storage class does not let volumes grow",
    why: "A full volume can only be replaced by copying it, so people order too much space on the first day and pay for it.",
    verify: "kubectl get storageclass -o custom-columns=NAME:.metadata.name,EXPANDS:.allowVolumeExpansion",
    fix: "Set allowVolumeExpansion: true on the class.",
    sources: &["Guide, Common Pitfalls 6", "Kubernetes documentation, expanding persistent volume claims"],
    bad: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: ebs-sc #~ storage-class-not-expandable
provisioner: ebs.csi.aws.com
volumeBindingMode: WaitForFirstConsumer
",
    good: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ebs-sc}
provisioner: ebs.csi.aws.com
allowVolumeExpansion: true
volumeBindingMode: WaitForFirstConsumer
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for class in ebs_classes(cx) {
        out.assess();
        if class.allow_volume_expansion != Some(true) {
            out.report(class, "allowVolumeExpansion", format!("{class}: its volumes cannot grow, so a full one has to be copied to a larger one"));
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Set { path: Path::of("allowVolumeExpansion"), yaml: "true".to_owned() };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
