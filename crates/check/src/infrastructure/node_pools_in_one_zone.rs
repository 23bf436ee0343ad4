//! Karpenter must be free to use more than one zone.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Path, Text};
use seatrial_report::{Confidence, Severity};

use super::compute_of::ZONE;
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::kinds::scaling::NodePool;

pub static CHECK: Check = Check {
    id: "node-pools-in-one-zone",
    rows: &[Row::MultiAzNodes],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::NodePools],
    title: "NodePools allow one availability zone",
    why: "All nodes are made in that zone, and when it fails no replacement may be made elsewhere.",
    verify: "kubectl get nodepools -o yaml | grep -A 3 topology.kubernetes.io/zone",
    fix: "Drop the zone requirement or list three zones.",
    sources: &["Karpenter documentation, NodePools: well-known labels"],
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
      - key: topology.kubernetes.io/zone #~ node-pools-in-one-zone
        operator: In
        values: [us-east-1a]
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
      - key: topology.kubernetes.io/zone
        operator: In
        values: [us-east-1a, us-east-1b]
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let pools = &cx.cluster.node_pools;
    if pools.is_empty() {
        return;
    }
    out.assess();
    let zones: Option<BTreeSet<&str>> =
        pools.iter().map(|it| zone_requirement(it).map(|it| it.1)).collect::<Option<Vec<_>>>().map(|all| all.into_iter().flatten().collect());
    // Pools of one zone each are fine when together they cover several.
    let Some(zones) = zones.filter(|it| it.len() == 1) else { return };
    let zone = zones.into_iter().next().unwrap_or("");
    for pool in pools {
        let at = zone_requirement(pool).map_or(0, |it| it.0);
        let path = Path::of("spec.template.spec.requirements").index(at);
        out.report(pool, path, format!("{pool}: nodes may be made in {zone} alone, so its loss leaves nowhere to run"));
    }
}

/// The position and the zones of the requirement that limits the pool's zones.
fn zone_requirement(pool: &Object<NodePool>) -> Option<(usize, Vec<&str>)> {
    let requirements = pool.spec.template.spec.requirements.iter().enumerate();
    requirements.filter(|(_, it)| it.key == ZONE && it.operator == "In").map(|(at, it)| (at, it.values.iter().map(Text::as_str).collect())).next()
}
