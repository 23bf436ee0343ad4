//! Nodes must be replaced now and then.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-pool-never-expires",
    rows: &[Row::UpgradeVersions, Row::UpgradePlan],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::NodePools],
    title: "Nodes of a NodePool are never replaced",
    why: "Long-lived nodes keep old kernels and kubelets, collect leaks, and prove at the worst moment that they cannot be drained.",
    verify: "kubectl get nodepools -o yaml | grep expireAfter",
    fix: "Set expireAfter to 720h or less, with a disruption budget that keeps replacement slow.",
    sources: &["Karpenter documentation, disruption: expiration"],
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
      expireAfter: Never #~ node-pool-never-expires
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
      expireAfter: 720h
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for pool in &cx.cluster.node_pools {
        out.assess();
        // Drift replaces nodes on a new AMI even so; that a pinned AMI never changes is what leaves them old.
        if pool.spec.template.spec.expire_after.as_deref() == Some("Never") {
            out.report(
                pool,
                "spec.template.spec.expireAfter",
                format!("{pool}: nodes never expire, so old kernels and kubelets stay until somebody replaces them"),
            );
        }
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    vec![Edit { origin, change: Change::Set { path: found.path.clone(), yaml: "720h".to_owned() } }]
}
