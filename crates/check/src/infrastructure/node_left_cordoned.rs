//! A cordoned node must be drained or given back.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-left-cordoned",
    rows: &[Row::RecoveryFailure, Row::CostCompute],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Nodes],
    title: "A node was left cordoned",
    why: "It is paid for and takes no new pods; in the next failure its capacity is missing.",
    verify: "kubectl get nodes | grep SchedulingDisabled",
    fix: "Uncordon the node, or drain and terminate it.",
    sources: &["Kubernetes documentation, safely drain a node"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: a
spec: {unschedulable: true} #~ node-left-cordoned
status:
  conditions:
  - {type: Ready, status: \"True\", reason: KubeletReady}
",
    good: "
apiVersion: v1
kind: Node
metadata:
  name: a
spec: {unschedulable: false}
status:
  conditions:
  - {type: Ready, status: \"True\", reason: KubeletReady}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// Taints of programs that are about to remove the node themselves.
const LEAVING: &[&str] = &["ToBeDeletedByClusterAutoscaler", "karpenter.sh/disrupted", "karpenter.sh/disruption", "aws-node-termination-handler/"];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for node in &cx.cluster.nodes {
        out.assess();
        let leaves = node.meta.deletion_timestamp.is_some() || node.spec.taints.iter().any(|taint| LEAVING.iter().any(|it| taint.key.starts_with(it)));
        // A node that is not ready is a finding of its own.
        if node.spec.unschedulable && !leaves && node.ready().is_none_or(|it| it == "True") {
            out.report(node, "spec.unschedulable", format!("{node}: it is cordoned and takes no new pods while it is paid for"));
        }
    }
}
