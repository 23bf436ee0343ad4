//! io1 and io2 volumes are made with a number of IOPS.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::storage_of::volume_type;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "provisioned-iops-missing",
    rows: &[Row::PatternStateful],
    severity: Severity::Error,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::StorageClasses],
    title: "Provisioned-IOPS class without IOPS",
    why: "EC2 refuses to create the volume, so each claim of the class stays Pending.",
    verify: "kubectl describe pvc NAME   # events: the parameter iops must be specified",
    fix: "Set parameters.iops or parameters.iopsPerGB, or use gp3.",
    sources: &["Guide, Architecture Patterns, Pattern 2", "EBS CSI driver documentation, StorageClass parameters", "EC2 API reference, CreateVolume"],
    bad: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: ebs.csi.aws.com
parameters: #~ provisioned-iops-missing
  type: io2
",
    good: "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: ebs.csi.aws.com
parameters: {type: io2, iops: \"4000\"}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for class in &cx.cluster.storage_classes {
        // The name from the tree fills in a number of its own when it is translated.
        let csi = matches!(&*class.provisioner, "ebs.csi.aws.com" | "ebs.csi.eks.amazonaws.com");
        let kind = volume_type(class);
        if !csi || !matches!(kind.as_str(), "io1" | "io2") {
            continue;
        }
        out.assess();
        let given = class.parameters.iter().any(|(key, _)| key.eq_ignore_ascii_case("iops") || key.eq_ignore_ascii_case("iopsPerGB"));
        if !given {
            out.report(class, "parameters.iops", format!("{class}: asks for {kind} without saying how many IOPS, so no volume can be made"));
        }
    }
}
