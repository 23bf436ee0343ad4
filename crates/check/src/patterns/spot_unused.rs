//! Stateless work can run on spot capacity for a fraction of the price.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use super::capacity_of::is_spot_node;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "spot-unused",
    rows: &[Row::CostCompute],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Pedantic,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads, Need::Nodes, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "Stateless workloads run on on-demand nodes only",
    why: "Spot capacity costs up to 90 % less, and workloads with several replicas bear the loss of a node.",
    verify: "kubectl get nodes -L eks.amazonaws.com/capacityType -L karpenter.sh/capacity-type",
    fix: "Add a spot node group or allow spot in the node pool for stateless workloads with several replicas.",
    sources: &["Guide, Cost Optimization, Compute"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: a #~ spot-unused
  labels: {eks.amazonaws.com/capacityType: ON_DEMAND}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: v1
kind: Node
metadata: {name: a, labels: {eks.amazonaws.com/capacityType: SPOT}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let Some(first) = cx.cluster.nodes.first() else { return };
    let can_move = |it: &&Object<Workload>| it.workload_kind == WorkloadKind::Deployment && !it.is_stateful() && cx.graph.replicas_of(it).max > 1;
    let movable = cx.workloads().filter(can_move).count();
    if movable == 0 {
        return;
    }
    out.assess();
    if !cx.cluster.nodes.iter().any(is_spot_node) {
        let message = format!("all {} nodes are on demand, and {movable} stateless workloads with several replicas could run on spot", cx.cluster.nodes.len());
        out.report(first, "metadata.name", message);
    }
}
