//! A surge pod must have a place beside the old ones.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::placement::{HOSTNAME, ZONE, is_per_revision, is_zone, keeps_apart, usable_nodes};
use super::rollouts::steps;
use crate::infrastructure::compute_of::{has_karpenter, runs_karpenter};
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use std::collections::BTreeSet;

pub static CHECK: Check = Check {
    id: "rollout-deadlocks-on-anti-affinity",
    rows: &[Row::PatternStateless, Row::RecoveryFailure],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "The surge pod has no node to go to",
    why: "No old pod may go before a new one is ready, and the new one may not stand beside an old one: with as many nodes as pods every rollout hangs.",
    verify: "kubectl rollout status deployment/NAME; kubectl get pods --field-selector status.phase=Pending",
    fix: "Prefer instead of require in the anti-affinity, add matchLabelKeys: [pod-template-hash], or allow maxUnavailable: 1.",
    sources: &["Kubernetes documentation, Deployments: rolling update", "Kubernetes documentation, assigning pods to nodes: inter-pod affinity"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 2
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
          - topologyKey: kubernetes.io/hostname #~ rollout-deadlocks-on-anti-affinity
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
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
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
---
apiVersion: v1
kind: Node
metadata:
  name: c
  labels: {kubernetes.io/hostname: c, topology.kubernetes.io/zone: us-east-1c}
",
    run: Run::Asking(&[Need::Nodes, Need::NodePools], &Run::Workload(run)),
    repair: None,
};

/// Zones of a region that an EKS cluster usually has.
const USUAL_ZONES: i64 = 3;

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let pods = cx.graph.replicas_of(workload).min;
    let Some(steps) = steps(workload, pods).filter(|_| pods > 0) else { return };
    let (by_zone, by_node) = (keeps_apart(workload, is_zone), keeps_apart(workload, |it| it == HOSTNAME));
    let Some(path) = by_zone.clone().or(by_node) else { return };
    out.assess();
    if steps.unavailable > 0 || is_per_revision(workload, &path) {
        return;
    }
    if out.lacks(cx, Need::Nodes) {
        return;
    }
    let nodes = usable_nodes(cx, workload);
    let known = !nodes.is_empty();
    let (places, word) = if by_zone.is_some() {
        let zones: BTreeSet<&str> = nodes.iter().filter_map(|it| it.meta.label(ZONE)).collect();
        (if known { count(zones.len()) } else { USUAL_ZONES }, "zone")
    } else {
        // Karpenter adds a node for the surge pod; without nodes among the inputs nobody knows.
        if has_karpenter(cx) || (runs_karpenter(cx) && out.lacks(cx, Need::NodePools)) {
            return;
        }
        (if known { count(nodes.len()) } else { pods }, "node")
    };
    // Too few places for the pods themselves is the matter of placement-exceeds-nodes.
    if pods == places || (!known && pods > places) {
        let why = "no pod may go first and each needs a";
        let message = if known {
            format!("{workload}: {why} {word} of its own, so with {pods} pods on {places} {word}s a rollout hangs")
        } else {
            format!("{workload}: {why} {word} of its own, so a rollout of {pods} pods hangs unless there are more than {places} {word}s")
        };
        out.report(workload, path.key("topologyKey"), message)
            .related(workload, "spec.strategy.rollingUpdate.maxUnavailable", "no old pod goes before a new one is ready")
            .severity(if known { Severity::High } else { Severity::Low })
            .confidence(if known { Confidence::High } else { Confidence::Low });
    }
}

fn count(it: usize) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}
