//! Nodes must stand in more than one availability zone.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "nodes-in-one-zone",
    rows: &[Row::MultiAzNodes],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Nodes],
    title: "Nodes stand in one availability zone",
    why: "When that zone fails, every pod fails with it, and there is no node left to start a replacement on.",
    verify: "kubectl get nodes -L topology.kubernetes.io/zone",
    fix: "Give the node groups subnets in three zones, and let each zone have a node before traffic comes.",
    sources: &["EKS best practices guide, reliability, data plane: spread nodes over zones"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: a #~ nodes-in-one-zone
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: b
  labels: {topology.kubernetes.io/zone: us-east-1a}
",
    good: "
apiVersion: v1
kind: Node
metadata:
  name: a
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: b
  labels: {topology.kubernetes.io/zone: us-east-1b}
",
    run: Run::Snapshot(run),
    repair: None,
};

const ZONE: &str = "topology.kubernetes.io/zone";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let nodes = &cx.cluster.nodes;
    let Some(first) = nodes.first() else { return };
    out.assess();
    let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
    for it in nodes {
        *zones.entry(it.meta.label(ZONE).unwrap_or("")).or_default() += 1;
    }
    let counts: Vec<String> = zones.iter().map(|(zone, n)| format!("{}: {n}", if zone.is_empty() { "no zone label" } else { zone })).collect();
    let named = zones.keys().filter(|it| !it.is_empty()).count();
    if named < 2 {
        let zone = zones.keys().find(|it| !it.is_empty()).copied().unwrap_or("an unknown zone");
        out.report(first, "metadata.name", format!("all {} nodes stand in {zone}: its loss stops every workload", nodes.len()))
            .evidence(format!("nodes by zone: {}", counts.join(", ")));
    }
}
