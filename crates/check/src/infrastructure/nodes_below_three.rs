//! Production needs three nodes.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::compute_of::{names, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "nodes-below-three",
    rows: &[Row::MultiAzNodes],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Nodes],
    title: "Fewer than three nodes are ready",
    why: "With one node drained or lost, what is left must carry everything, and replicas end up side by side.",
    verify: "kubectl get nodes",
    fix: "Raise the minimum of the node groups to three, one node in each zone.",
    sources: &["Guide, Test vs Production: node count"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: n0 #~ nodes-below-three
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n1
  labels: {topology.kubernetes.io/zone: us-east-1b}
",
    good: "
apiVersion: v1
kind: Node
metadata:
  name: n0
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n1
  labels: {topology.kubernetes.io/zone: us-east-1b}
---
apiVersion: v1
kind: Node
metadata:
  name: n2
  labels: {topology.kubernetes.io/zone: us-east-1c}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let nodes: Vec<_> = servers(cx).collect();
    let Some(first) = nodes.first() else { return };
    out.assess();
    // A node that does not tell whether it is ready counts: manifests and short dumps have no status.
    let usable = nodes.iter().filter(|it| it.ready().is_none_or(|ready| ready == "True") && !it.spec.unschedulable).count();
    if usable < 3 {
        let plural = if usable == 1 { "node is" } else { "nodes are" };
        out.report(*first, "metadata.name", format!("{usable} {plural} ready for pods: one drain or failure leaves too little to run on"))
            .evidence(names(&nodes));
    }
}
