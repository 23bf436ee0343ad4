//! The cluster must run a version in standard support.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::support_of;
use crate::infrastructure::compute_of::report_on_cluster;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "version-in-extended-support",
    rows: &[Row::UpgradePlan, Row::UpgradeVersions],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServerVersion],
    title: "The Kubernetes version is out of standard support",
    why: "The control plane costs $0.60 instead of $0.10 an hour, and at the end of extended support EKS upgrades it by itself.",
    verify: "aws eks describe-cluster --name CLUSTER --query cluster.version; aws eks describe-cluster-versions",
    fix: "Upgrade one minor version at a time: control plane, add-ons, node groups.",
    sources: &["EKS user guide, Kubernetes version lifecycle", "Amazon EKS pricing"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
serverVersion: \"1.32\"
---
apiVersion: v1
kind: Node
metadata:
  name: n0 #~ version-in-extended-support
  labels: {topology.kubernetes.io/zone: us-east-1a}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
serverVersion: \"1.36\"
---
apiVersion: v1
kind: Node
metadata:
  name: n0
  labels: {topology.kubernetes.io/zone: us-east-1a}
",
    run: Run::Asking(&[Need::AwsClusterVersions], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(support) = support_of::of(cx, out) else { return };
    let (version, today) = (support.version, support_of::today(cx));
    out.assess();
    if today <= support.end_standard {
        return;
    }
    let until = if today <= support.end_extended {
        format!("Kubernetes {version}: standard support ended on {}, and each month costs about $365 more until the upgrade", support.end_standard)
    } else {
        format!("Kubernetes {version}: extended support is over, and EKS upgrades the control plane on a day of its own choice")
    };
    report_on_cluster(cx, out, &until).evidence(format!("extended support ends on {}", support.end_extended));
}
