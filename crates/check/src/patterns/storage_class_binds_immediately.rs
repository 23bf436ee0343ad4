//! EBS volumes belong to a zone, so they must be made where the pod will run.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Path};
use seatrial_report::{Confidence, Safety, Severity};

use super::storage_of::ebs_classes;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "storage-class-binds-immediately",
    rows: &[Row::PatternStateful],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::StorageClasses, Need::Workloads, Need::PersistentVolumeClaims],
    title: "EBS storage class binds before the pod is placed",
    why: "The volume is made in a zone picked at random; when the pod does not fit there it stays Pending, and nothing moves the volume.",
    verify: "kubectl get storageclass -o custom-columns=NAME:.metadata.name,BINDING:.volumeBindingMode",
    fix: "Set volumeBindingMode: WaitForFirstConsumer on a new class; the field cannot be changed on an existing one.",
    sources: &["Guide, Architecture Patterns, Pattern 2", "Kubernetes documentation, storage classes, volume binding mode"],
    bad: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ebs-sc}
provisioner: ebs.csi.aws.com
volumeBindingMode: Immediate #~ storage-class-binds-immediately
",
    good: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ebs-sc}
provisioner: ebs.csi.aws.com
volumeBindingMode: WaitForFirstConsumer
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    // In a cluster an unused class may still be picked tomorrow, but EKS's own is left alone.
    let unused = cx.cluster.storage_classes.iter().filter(|it| super::storage_of::is_ebs(it) && it.meta.name != "gp2");
    let mut classes = ebs_classes(cx);
    classes.extend(unused);
    classes.sort_by_key(|it| it.meta.name.clone());
    classes.dedup_by(|a, b| std::ptr::eq(*a, *b));
    for class in classes {
        out.assess();
        if class.volume_binding_mode.as_deref() != Some("WaitForFirstConsumer") {
            let message = format!("{class}: makes the EBS volume before its pod is placed, so the pod may not fit in the volume's zone");
            out.report(class, "volumeBindingMode", message);
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Set { path: Path::of("volumeBindingMode"), yaml: "WaitForFirstConsumer".to_owned() };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
