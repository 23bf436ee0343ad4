//! A pod must fit on some node.

use seatrial_facts::guide::Row;
use seatrial_model::{Container, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "requests-larger-than-node",
    rows: &[Row::CostCompute],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Nodes],
    title: "The pod asks for more than any node has",
    why: "The scheduler finds no node for it: the pod stays Pending unless a larger instance type is added.",
    verify: "kubectl describe pod POD   # Insufficient cpu or memory; kubectl describe nodes | grep -A 6 Allocatable",
    fix: "Lower the requests to what the workload uses, or add an instance type that is large enough.",
    sources: &["Guide, Cost Optimization, Compute", "Kubernetes documentation, resource management for pods and containers"],
    bad: "
apiVersion: v1
kind: Node
metadata: {name: a}
status: {allocatable: {cpu: \"2\", memory: 4Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        resources:
          requests:
            cpu: \"8\" #~ requests-larger-than-node
",
    good: "
apiVersion: v1
kind: Node
metadata: {name: a}
status: {allocatable: {cpu: \"2\", memory: 4Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0, resources: {requests: {cpu: \"1\"}}}]}
",
    run: Run::Asking(&[Need::NodePools], &Run::Workload(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if cx.cluster.nodes.is_empty() {
        return;
    }
    out.assess();
    for resource in ["cpu", "memory"] {
        let asked = workload.pod().request(resource);
        let largest = cx.largest_allocatable(resource);
        if largest.is_zero() || asked <= largest {
            continue;
        }
        let message = format!("{workload}: a pod asks for {asked} {resource}, and the largest node has {largest}, so it is never placed");
        // Where pools were not read there may be one, and the check is open, too.
        let may_grow = !cx.cluster.node_pools.is_empty() || out.lacks(cx, Need::NodePools);
        let draft = out.report(workload, greatest(workload, resource), message);
        if may_grow {
            draft.severity(Severity::Low).confidence(Confidence::Low).evidence("a node pool may bring a larger instance");
        }
    }
}

/// The request of the container that asks for most.
fn greatest(workload: &Object<Workload>, resource: &str) -> Path {
    let of = |it: &Container| it.resources.request(resource).unwrap_or_default();
    let at = workload.pod().containers.iter().enumerate().max_by_key(|(_, it)| of(it)).map_or(0, |it| it.0);
    let field = if workload.pod().containers.get(at).is_some_and(|it| it.resources.requests.contains(resource)) { "requests" } else { "limits" };
    workload.container_path(at).key("resources").key(field).key(resource)
}
