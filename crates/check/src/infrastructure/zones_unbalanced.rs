//! Nodes must be spread evenly over the zones they stand in.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::compute_of::{ZONE, names, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "zones-unbalanced",
    rows: &[Row::MultiAzNodes],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Nodes],
    title: "Most nodes stand in one of the zones",
    why: "When the crowded zone fails, the others cannot take what ran there, and new nodes are needed just when everybody asks for them.",
    verify: "kubectl get nodes -L topology.kubernetes.io/zone",
    fix: "Balance the node groups: one group over all zones with equal subnets, or one group a zone with equal sizes.",
    sources: &["EKS best practices guide, reliability, data plane: spread nodes over zones"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: n0 #~ zones-unbalanced
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n1
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n2
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n3
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n4
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
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n2
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n3
  labels: {topology.kubernetes.io/zone: us-east-1b}
---
apiVersion: v1
kind: Node
metadata:
  name: n4
  labels: {topology.kubernetes.io/zone: us-east-1b}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut zones: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for node in servers(cx) {
        zones.entry(node.meta.label(ZONE).unwrap_or("")).or_default().push(node);
    }
    zones.remove("");
    let Some(most) = zones.iter().max_by_key(|it| (it.1.len(), std::cmp::Reverse(it.0))) else { return };
    // Nodes of one zone alone are a finding of their own.
    if zones.len() < 2 {
        return;
    }
    out.assess();
    let least = zones.values().map(Vec::len).min().unwrap_or(0);
    let (zone, crowd) = (most.0, most.1);
    if crowd.len() >= 2 * least + 2 {
        let all: usize = zones.values().map(Vec::len).sum();
        let counts: Vec<String> = zones.iter().map(|(zone, it)| format!("{zone}: {}", it.len())).collect();
        out.report(crowd[0], "metadata.name", format!("{} of {all} nodes stand in {zone}: its loss takes more than the other zones can absorb", crowd.len()))
            .evidence(format!("nodes by zone: {}", counts.join(", ")))
            .evidence(names(crowd));
    }
}
