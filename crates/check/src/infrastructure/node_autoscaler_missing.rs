//! Something must add nodes when pods do not fit.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::compute_of::{has_karpenter, is_auto_mode, report_on_cluster, running, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "node-autoscaler-missing",
    rows: &[Row::NodeAutoscaling],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::Nodes, Need::Workloads, Need::NodePools],
    title: "Nothing adds nodes when pods do not fit",
    why: "New replicas stay Pending although the node groups have room to grow, because nobody moves their desired size.",
    verify: "kubectl get pods -A | grep -E \"cluster-autoscaler|karpenter\"",
    fix: "Install Karpenter or the Cluster Autoscaler, or turn EKS Auto Mode on.",
    sources: &["EKS user guide, scale cluster compute with Karpenter and Cluster Autoscaler"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: n0 #~ node-autoscaler-missing
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: Node
metadata:
  name: n1
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
  labels: {topology.kubernetes.io/zone: us-east-1b}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cluster-autoscaler, namespace: kube-system}
spec:
  selector: {matchLabels: {app: cluster-autoscaler}}
  template:
    metadata: {labels: {app: cluster-autoscaler}}
    spec: {containers: [{name: app, image: \"registry.k8s.io/autoscaling/cluster-autoscaler:v1.36.0\"}]}
",
    run: Run::Asking(&[Need::AwsEksCluster, Need::AwsNodeGroups], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    if servers(cx).next().is_none() {
        return;
    }
    out.assess();
    let scaled = has_karpenter(cx) || is_auto_mode(cx) || running(cx, &["cluster-autoscaler", "karpenter", "controller-karpenter"]).is_some();
    // Groups that cannot grow are a finding of their own.
    let groups = cx.snapshot.account.node_groups.known();
    let fixed = groups.is_some_and(|all| !all.is_empty() && all.iter().all(|it| it.min_size == it.max_size));
    if !scaled && !fixed && !out.lacks(cx, Need::AwsEksCluster) && !out.lacks(cx, Need::AwsNodeGroups) {
        report_on_cluster(cx, out, "the cluster runs no Karpenter, Cluster Autoscaler or Auto Mode, so pods that do not fit wait for a person");
    }
}
