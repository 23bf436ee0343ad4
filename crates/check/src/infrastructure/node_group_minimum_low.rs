//! The groups must not be allowed to shrink below three nodes.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::compute_of::{has_karpenter, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-group-minimum-low",
    rows: &[Row::MultiAzNodes, Row::NodeAutoscaling],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsNodeGroups, Need::Nodes, Need::NodePools],
    title: "Node groups may shrink below three nodes",
    why: "At night the autoscaler may leave a single node in a single zone, and its failure is an outage.",
    verify: "aws eks describe-nodegroup --cluster-name CLUSTER --nodegroup-name GROUP --query nodegroup.scalingConfig",
    fix: "Set the minSize of the on-demand groups so that they add up to three.",
    sources: &["Guide, Test vs Production: node count"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, minSize: 1, maxSize: 9, desiredSize: 3} #~ node-group-minimum-low
---
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
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
eksCluster: {name: shop, version: \"1.36\"}
nodeGroups:
- {name: general, minSize: 3, maxSize: 9, desiredSize: 3}
---
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
    let groups = cx.snapshot.account.node_groups.known().map_or(&[][..], Vec::as_slice);
    let Some(largest) = groups.iter().max_by_key(|it| it.max_size) else { return };
    // Karpenter sizes by pods, not by groups; fewer than three nodes now are a finding of their own.
    if has_karpenter(cx) || servers(cx).count() < 3 {
        return;
    }
    out.assess();
    let least: i64 = groups.iter().filter(|it| it.capacity_type != "SPOT").map(|it| it.min_size).sum();
    if least < 3 {
        let counts: Vec<String> = groups.iter().map(|it| format!("{}: {} to {}", it.name, it.min_size, it.max_size)).collect();
        out.report_aws(
            "AWS NodeGroup",
            &largest.name,
            format!("AWS NodeGroup {}: on-demand groups may shrink to {least} in all, so one failure may take the last node", largest.name),
        )
        .evidence(format!("sizes: {}", counts.join(", ")));
    }
}
