//! Pod Identity needs its agent on the nodes.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::{is_auto_mode, report_on_cluster, running, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pod-identity-agent-missing",
    rows: &[Row::PodIdentity, Row::UpgradeVersions],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsPodIdentity, Need::Nodes, Need::Workloads],
    title: "Pod Identity associations exist but no agent runs",
    why: "Pods get no credentials, or fall back to the node role without anybody noticing.",
    verify: "kubectl get daemonset -n kube-system eks-pod-identity-agent",
    fix: "Install the eks-pod-identity-agent add-on.",
    sources: &["EKS user guide, set up the Pod Identity agent"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations: [{namespace: shop, serviceAccount: api, roleArn: \"arn:aws:iam::111122223333:role/api\"}]
---
apiVersion: v1
kind: Node
metadata:
  name: n0 #~ pod-identity-agent-missing
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: coredns, namespace: kube-system}
spec:
  selector: {matchLabels: {app: coredns}}
  template:
    metadata: {labels: {app: coredns}}
    spec: {containers: [{name: app, image: \"eks/coredns:v1\"}]}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations: [{namespace: shop, serviceAccount: api, roleArn: \"arn:aws:iam::111122223333:role/api\"}]
---
apiVersion: v1
kind: Node
metadata:
  name: n0
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: kube-system}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: app, image: \"eks/eks-pod-identity-agent:v1\"}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let associations = cx.snapshot.account.pod_identity_associations.known().map_or(0, Vec::len);
    if associations == 0 || servers(cx).next().is_none() || is_auto_mode(cx) {
        return;
    }
    out.assess();
    if running(cx, &["eks-pod-identity-agent"]).is_none() {
        report_on_cluster(cx, out, &format!("the cluster has {associations} Pod Identity associations and no agent, so their pods get no credentials"));
    }
}
