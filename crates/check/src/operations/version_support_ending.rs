//! The next upgrade must come before standard support ends.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::support_of;
use crate::infrastructure::compute_of::report_on_cluster;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "version-support-ending",
    rows: &[Row::UpgradePlan],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServerVersion],
    title: "Standard support of the Kubernetes version ends soon",
    why: "From that day the control plane costs six times as much, and the upgrade is done in a hurry.",
    verify: "aws eks describe-cluster --name CLUSTER --query cluster.version; aws eks describe-cluster-versions",
    fix: "Plan the upgrade now: test cluster first, then control plane, add-ons and node groups.",
    sources: &["EKS user guide, Kubernetes version lifecycle"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
serverVersion: \"1.34\"
---
apiVersion: v1
kind: Node
metadata:
  name: n0 #~ version-support-ending
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
    out.assess();
    let left = support.end_standard.duration_since(support_of::today(cx)).as_hours() / 24;
    if (0..=cx.settings.thresholds.support_warning_days).contains(&left) {
        let severity = if left <= 30 { Severity::High } else { Severity::Medium };
        let message = format!("Kubernetes {}: EKS' standard support ends in {left} days, on {}", support.version, support.end_standard);
        report_on_cluster(cx, out, &message).severity(severity);
    }
}
