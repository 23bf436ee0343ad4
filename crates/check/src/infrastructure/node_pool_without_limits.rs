//! A Karpenter NodePool needs a ceiling.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-pool-without-limits",
    rows: &[Row::NodeAutoscaling, Row::CostCompute],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::NodePools],
    title: "A NodePool may grow without end",
    why: "A runaway autoscaler or a loop that creates pods buys instances until the account limit or the invoice stops it.",
    verify: "kubectl get nodepools -o yaml | grep -A 3 limits",
    fix: "Set spec.limits.cpu and spec.limits.memory to the most this pool should ever hold.",
    sources: &["Karpenter documentation, NodePools: spec.limits"],
    bad: "
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: general
spec: #~ node-pool-without-limits
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements:
      - {key: kubernetes.io/arch, operator: In, values: [amd64]}
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
  limits: {cpu: \"100\", memory: 400Gi}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for pool in &cx.cluster.node_pools {
        out.assess();
        if pool.spec.limits.is_empty() {
            out.report(pool, "spec.limits", format!("{pool}: no limits, so a runaway workload may buy instances without end"));
        }
    }
}
