//! Production must not run on spot capacity alone.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::kinds::nodes::is_spot;
use seatrial_report::{Confidence, Severity};

use super::compute_of::{names, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "nodes-all-spot",
    rows: &[Row::NodeAutoscaling, Row::CostCompute],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Nodes],
    title: "Every node is a spot instance",
    why: "EC2 takes spot capacity back with two minutes of notice and often whole pools at once: databases and single replicas go down with it.",
    verify: "kubectl get nodes -L eks.amazonaws.com/capacityType,karpenter.sh/capacity-type",
    fix: "Add an on-demand group for stateful and critical workloads and keep spot for those that can be interrupted.",
    sources: &["Guide, Cost Optimization, Compute", "EC2 user guide, spot instance interruptions"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: n0 #~ nodes-all-spot
  labels: {topology.kubernetes.io/zone: us-east-1a, eks.amazonaws.com/capacityType: SPOT}
---
apiVersion: v1
kind: Node
metadata:
  name: n1
  labels: {topology.kubernetes.io/zone: us-east-1b, eks.amazonaws.com/capacityType: SPOT}
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
  name: s
  labels: {topology.kubernetes.io/zone: us-east-1c, eks.amazonaws.com/capacityType: SPOT}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let nodes: Vec<_> = servers(cx).collect();
    let Some(first) = nodes.first() else { return };
    out.assess();
    if nodes.iter().all(|it| is_spot(&it.meta.labels)) {
        out.report(*first, "metadata.name", format!("all {} nodes are spot instances: one wave of interruptions stops every workload", nodes.len()))
            .evidence(names(&nodes));
    }
}
