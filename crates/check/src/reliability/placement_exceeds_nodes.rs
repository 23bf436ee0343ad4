//! Hard placement rules must be possible on the nodes there are.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use super::placement::{HOSTNAME, ZONE, is_zone, keeps_apart, usable_nodes};
use crate::infrastructure::compute_of::{has_karpenter, runs_karpenter};
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use std::collections::BTreeSet;

pub static CHECK: Check = Check {
    id: "placement-exceeds-nodes",
    rows: &[Row::MultipleReplicas, Row::RecoveryFailure],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Nodes, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "Hard placement rules ask for more nodes than there are",
    why: "The pods beyond the last node or zone stay Pending, and so does each rollout that waits for them.",
    verify: "kubectl get pods -A --field-selector status.phase=Pending; kubectl get nodes -L topology.kubernetes.io/zone",
    fix: "Prefer instead of require, or use a topologySpreadConstraint with maxSkew; else add nodes, or run fewer replicas.",
    sources: &["Kubernetes documentation, assigning pods to nodes: inter-pod affinity", "Kubernetes documentation, pod topology spread constraints"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: kubernetes.io/hostname #~ placement-exceeds-nodes
            labelSelector: {matchLabels: {app: api}}
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Node
metadata:
  name: a
  labels: {kubernetes.io/hostname: a, topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: b
  labels: {kubernetes.io/hostname: b, topology.kubernetes.io/zone: us-east-1b}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: kubernetes.io/hostname
            labelSelector: {matchLabels: {app: api}}
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Node
metadata:
  name: a
  labels: {kubernetes.io/hostname: a, topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: b
  labels: {kubernetes.io/hostname: b, topology.kubernetes.io/zone: us-east-1b}
",
    run: Run::Asking(&[Need::NodePools], &Run::Workload(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if !workload.is_scalable() {
        return;
    }
    let pods = cx.graph.replicas_of(workload).max;
    // Karpenter adds nodes, but no zones.
    let by_node = keeps_apart(workload, |it| it == HOSTNAME).filter(|_| !has_karpenter(cx));
    let by_zone = keeps_apart(workload, is_zone);
    let by_domains = min_domains(workload);
    if by_node.is_none() && by_zone.is_none() && by_domains.is_none() {
        return;
    }
    out.assess();
    let nodes = usable_nodes(cx, workload);
    let zones: BTreeSet<&str> = nodes.iter().filter_map(|it| it.meta.label(ZONE)).collect();
    let (nodes, zones) = (count(nodes.len()), count(zones.len()));
    if let Some(path) = by_zone.filter(|_| pods > zones) {
        out.report(
            workload,
            path.key("topologyKey"),
            format!("{workload}: {pods} pods must each have a zone of their own, but there are {zones}: the rest stays Pending"),
        );
    } else if let Some(path) = by_node.filter(|_| pods > nodes) {
        // Without its pools it may still be there.
        if runs_karpenter(cx) && out.lacks(cx, Need::NodePools) {
            return;
        }
        out.report(
            workload,
            path.key("topologyKey"),
            format!("{workload}: {pods} pods must each have a node of their own, but {nodes} can take them: the rest stays Pending"),
        );
    } else if let Some((wanted, most, path)) = by_domains.filter(|it| it.0 > zones && pods > it.1.saturating_mul(zones)) {
        let message =
            format!("{workload}: its spread wants {wanted} zones and there are {zones}, so only {} of {pods} pods are placed", most.saturating_mul(zones));
        out.report(workload, path, message);
    }
}

/// Zones that a hard spread insists on, the pods it allows in each while there are fewer, and where it says so.
fn min_domains(workload: &Workload) -> Option<(i64, i64, Path)> {
    let path = workload.pod_path().key("topologySpreadConstraints");
    let mut all = workload.pod().topology_spread_constraints.iter().enumerate();
    all.find_map(|(at, it)| {
        let hard = it.when_unsatisfiable == "DoNotSchedule" && is_zone(&it.topology_key);
        it.min_domains.filter(|_| hard).map(|wanted| (wanted, it.max_skew, path.index(at).key("minDomains")))
    })
}

fn count(it: usize) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}
