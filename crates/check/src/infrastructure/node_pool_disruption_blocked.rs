//! Karpenter must be allowed to replace and consolidate nodes.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::kinds::scaling::DisruptionBudget;

pub static CHECK: Check = Check {
    id: "node-pool-disruption-blocked",
    rows: &[Row::CostCompute, Row::UpgradeVersions],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::NodePools],
    title: "A NodePool never gives up a node",
    why: "Half-empty nodes stay on the bill, and drifted nodes are never replaced by patched ones.",
    verify: "kubectl get nodepools -o yaml | grep -A 8 disruption",
    fix: "Set consolidateAfter to a duration, and give a budget of zero nodes a schedule and a duration.",
    sources: &["Karpenter documentation, disruption: consolidation and disruption budgets"],
    bad: "
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: general
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements:
      - {key: kubernetes.io/arch, operator: In, values: [amd64]}
  disruption:
    consolidationPolicy: WhenEmptyOrUnderutilized
    consolidateAfter: 1m
    budgets:
    - nodes: \"0\" #~ node-pool-disruption-blocked
",
    good: "
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: general
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements:
      - {key: kubernetes.io/arch, operator: In, values: [amd64]}
  disruption:
    consolidationPolicy: WhenEmptyOrUnderutilized
    consolidateAfter: 1m
    budgets:
    - nodes: \"10%\"
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for pool in &cx.cluster.node_pools {
        out.assess();
        let Some(disruption) = &pool.spec.disruption else { continue };
        if let Some(at) = disruption.budgets.iter().position(is_always_zero) {
            let path = Path::of("spec.disruption.budgets").index(at).key("nodes");
            out.report(pool, path, format!("{pool}: its budget allows no disruption at any time, so drifted and half-empty nodes stay"));
        } else if disruption.consolidate_after.as_deref() == Some("Never") {
            out.report(pool, "spec.disruption.consolidateAfter", format!("{pool}: it never consolidates, so half-empty nodes stay on the bill"));
        }
    }
}

/// No nodes, no schedule, for every reason.
fn is_always_zero(budget: &DisruptionBudget) -> bool {
    matches!(budget.nodes.as_deref(), Some("0" | "0%")) && budget.schedule.is_none() && budget.reasons.is_empty()
}
