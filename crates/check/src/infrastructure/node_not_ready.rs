//! A node that is not ready must be repaired.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-not-ready",
    rows: &[Row::RecoveryFailure, Row::MultiAzNodes],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Nodes],
    title: "A node is not ready",
    why: "Its pods are unreachable or evicted, its capacity is paid for and missing, and volumes attached to it cannot move at once.",
    verify: "kubectl get nodes; kubectl describe node NODE",
    fix: "Replace the node, and turn on node auto repair for the group.",
    sources: &["EKS user guide, enable node auto repair", "Kubernetes documentation, nodes: conditions"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: a #~ node-not-ready
spec: {unschedulable: false}
status:
  conditions:
  - {type: Ready, status: \"Unknown\", reason: NodeStatusUnknown}
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

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for node in &cx.cluster.nodes {
        let Some(ready) = node.ready() else { continue };
        out.assess();
        if ready != "True" && node.meta.deletion_timestamp.is_none() {
            let condition = node.status.conditions.iter().find(|it| it.kind == "Ready");
            let reason = condition.and_then(|it| it.reason.as_deref()).unwrap_or("no reason given");
            let found =
                out.report(node, "metadata.name", format!("{node}: it is not ready ({reason}), so its pods are unreachable and its capacity is missing"));
            if let Some(since) = condition.and_then(|it| it.last_transition_time) {
                found.evidence(format!("not ready since {since}"));
            }
        }
    }
}
