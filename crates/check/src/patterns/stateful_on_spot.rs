//! Databases run on nodes that are not taken away at two minutes' notice.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::find;
use seatrial_model::{Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use super::capacity_of::{KEYS, is_spot_node, is_spot_word};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "stateful-on-spot",
    rows: &[Row::CostCompute, Row::PatternStateful],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Workloads],
    title: "A stateful workload runs on spot capacity",
    why: "EC2 takes the node back with two minutes' warning; the volume has to move and the database recovers while users wait.",
    verify: "kubectl get pods -o wide; kubectl get nodes -L eks.amazonaws.com/capacityType -L karpenter.sh/capacity-type",
    fix: "Require on-demand capacity for it with a node selector, and keep spot for stateless work.",
    sources: &["Guide, Cost Optimization, Compute", "EKS best practices guide, cost optimization, spot"],
    bad: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      nodeSelector:
        eks.amazonaws.com/capacityType: SPOT #~ stateful-on-spot
      containers: [{name: db, image: registry/db:1}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
",
    good: "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      nodeSelector: {eks.amazonaws.com/capacityType: ON_DEMAND}
      containers: [{name: db, image: registry/db:1}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
",
    run: Run::InCluster(&[Need::Pods, Need::Nodes], &Run::Workload(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if !workload.is_stateful() || workload.is_batch() {
        return;
    }
    out.assess();
    if let Some(path) = wants_spot(workload) {
        out.report(workload, path, format!("{workload}: keeps data and asks for spot nodes, so its volume moves whenever EC2 takes the node back"));
        return;
    }
    let pods = cx.graph.pods_of(workload);
    let on_spot = pods
        .iter()
        .filter(|it| !it.is_finished())
        .filter_map(|it| find(&cx.cluster.nodes, "default", it.node_name.as_deref()?))
        .filter(|it| is_spot_node(it))
        .count();
    if on_spot > 0 {
        let message =
            format!("{workload}: keeps data, and {on_spot} of its {} pods run on spot nodes, so EC2 may take them at two minutes' notice", pods.len());
        out.report(workload, workload.pod_path().key("nodeSelector"), message);
    }
}

/// Where the pod asks for spot nodes and no others.
fn wants_spot(workload: &Object<Workload>) -> Option<Path> {
    let pod = workload.pod();
    if let Some((key, _)) = pod.node_selector.iter().find(|(key, value)| KEYS.contains(&key.as_str()) && is_spot_word(value)) {
        return Some(workload.pod_path().key("nodeSelector").key(key));
    }
    let required = pod.affinity.as_ref()?.node_affinity.as_ref()?.required_during_scheduling_ignored_during_execution.as_ref()?;
    for (term, it) in required.node_selector_terms.iter().enumerate() {
        for (at, it) in it.match_expressions.iter().enumerate() {
            if KEYS.contains(&it.key.as_str()) && &*it.operator == "In" && !it.values.is_empty() && it.values.iter().all(|it| is_spot_word(it)) {
                let path = workload.pod_path().join("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
                return Some(path.index(term).key("matchExpressions").index(at));
            }
        }
    }
    None
}
