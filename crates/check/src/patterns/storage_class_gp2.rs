//! gp3 volumes cost less than gp2 and are not tied to their size.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::storage_of::{claims, class_of, ebs_classes, volume_type};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "storage-class-gp2",
    rows: &[Row::CostStorage, Row::PatternStateful],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::StorageClasses, Need::Workloads, Need::PersistentVolumeClaims],
    title: "Storage class makes gp2 volumes",
    why: "gp2 costs a quarter more per GiB, and a small volume runs out of burst credits and falls back to 3 IOPS per GiB.",
    verify: "kubectl get storageclass -o custom-columns=NAME:.metadata.name,TYPE:.parameters.type",
    fix: "Make a class of type gp3 with ebs.csi.aws.com and use it for new claims; modify existing volumes in place.",
    sources: &["Guide, Cost Optimization, Storage", "Amazon EBS user guide, general purpose SSD volumes"],
    bad: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: ebs.csi.aws.com
parameters:
  type: gp2 #~ storage-class-gp2
volumeBindingMode: WaitForFirstConsumer
",
    good: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: ebs.csi.aws.com
parameters: {type: gp3}
volumeBindingMode: WaitForFirstConsumer
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let classes = ebs_classes(cx);
    if classes.is_empty() {
        return;
    }
    let claims = claims(cx);
    for class in classes {
        out.assess();
        if volume_type(class) != "gp2" {
            continue;
        }
        let message = format!("{class}: makes gp2 volumes, which cost more than gp3 and slow down when their burst credits are spent");
        let draft = out.report(class, "parameters.type", message);
        draft.evidence("gp3 has 3,000 IOPS and 125 MiB/s at any size; a gp2 volume over 1,000 GiB has more, which gp3 charges for");
        let users = claims.iter().filter(|it| class_of(cx, it.spec).is_some_and(|it| std::ptr::eq(it, class)));
        for it in users.take(5) {
            draft.related(it.object, it.path.clone(), format!("claim {} gets such a volume", it.name));
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    // Only manifests that were never applied may change so: parameters of an existing class cannot.
    found.origin.map(|origin| Edit { origin, change: Change::Set { path: Path::of("parameters.type"), yaml: "gp3".to_owned() } }).into_iter().collect()
}
