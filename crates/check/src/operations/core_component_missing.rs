//! A cluster needs DNS, a network plugin, a proxy and a driver for its volumes.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::backup_of::bound;
use crate::infrastructure::compute_of::{is_auto_mode, report_on_cluster, running, servers};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "core-component-missing",
    rows: &[Row::UpgradeVersions],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Nodes, Need::Workloads, Need::PersistentVolumes],
    title: "A core component of the cluster is missing",
    why: "Without it pods get no address, no name is resolved, or volumes stay unattached.",
    verify: "kubectl get pods -n kube-system; aws eks list-addons --cluster-name CLUSTER",
    fix: "Install it as an EKS add-on of the version that matches the cluster.",
    sources: &["EKS user guide, Amazon EKS add-ons"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: n0 #~ core-component-missing
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: PersistentVolume
metadata:
  name: pv-1
  creationTimestamp: \"2026-01-01T00:00:00Z\"
spec:
  claimRef: {namespace: data, name: data-postgres-0}
  csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: coredns, namespace: kube-system}
spec:
  selector: {matchLabels: {app: coredns}}
  template:
    metadata: {labels: {app: coredns}}
    spec: {containers: [{name: app, image: \"eks/coredns:v1\"}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec:
  selector: {matchLabels: {app: kube-proxy}}
  template:
    metadata: {labels: {app: kube-proxy}}
    spec: {containers: [{name: app, image: \"eks/kube-proxy:v1\"}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  selector: {matchLabels: {app: aws-node}}
  template:
    metadata: {labels: {app: aws-node}}
    spec: {containers: [{name: app, image: \"eks/amazon-k8s-cni:v1\"}]}
",
    good: "
apiVersion: v1
kind: Node
metadata:
  name: n0
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: v1
kind: PersistentVolume
metadata:
  name: pv-1
  creationTimestamp: \"2026-01-01T00:00:00Z\"
spec:
  claimRef: {namespace: data, name: data-postgres-0}
  csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: coredns, namespace: kube-system}
spec:
  selector: {matchLabels: {app: coredns}}
  template:
    metadata: {labels: {app: coredns}}
    spec: {containers: [{name: app, image: \"eks/coredns:v1\"}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec:
  selector: {matchLabels: {app: kube-proxy}}
  template:
    metadata: {labels: {app: kube-proxy}}
    spec: {containers: [{name: app, image: \"eks/kube-proxy:v1\"}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  selector: {matchLabels: {app: aws-node}}
  template:
    metadata: {labels: {app: aws-node}}
    spec: {containers: [{name: app, image: \"eks/amazon-k8s-cni:v1\"}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ebs, namespace: kube-system}
spec:
  selector: {matchLabels: {app: ebs}}
  template:
    metadata: {labels: {app: ebs}}
    spec: {containers: [{name: app, image: \"eks/aws-ebs-csi-driver:v1\"}]}
",
    run: Run::Asking(&[Need::AwsEksCluster, Need::AwsAddons], &Run::Snapshot(run)),
    repair: None,
};

/// What it is called, the images that provide it, and the add-on.
const CORE: &[(&str, &[&str], &str)] = &[
    ("CoreDNS", &["coredns", "kube-dns", "k8s-dns-kube-dns"], "coredns"),
    ("kube-proxy", &["kube-proxy", "cilium", "cilium-agent"], "kube-proxy"),
    ("a network plugin", &["amazon-k8s-cni", "cilium", "cilium-agent", "node", "calico-node", "antrea-agent-ubuntu", "antrea-ubuntu", "flannel"], "vpc-cni"),
];
const EBS: (&str, &[&str], &str) = ("the EBS CSI driver", &["aws-ebs-csi-driver", "ebs-csi-driver"], "aws-ebs-csi-driver");

fn run(cx: &Cx<'_>, out: &mut Findings) {
    // Auto Mode provides all of them outside the cluster; Fargate's nodes bring their own.
    if servers(cx).next().is_none() || is_auto_mode(cx) {
        return;
    }
    let ebs = (!bound(cx).is_empty()).then_some(&EBS);
    let addons = cx.snapshot.account.addons.known();
    for (name, images, addon) in CORE.iter().chain(ebs) {
        out.assess();
        let is_addon = addons.is_some_and(|all| all.iter().any(|it| it.name == *addon));
        let is_missing = !is_addon && running(cx, images).is_none();
        // EKS may provide it where nothing in the cluster shows.
        if is_missing && !out.lacks(cx, Need::AwsAddons) && !out.lacks(cx, Need::AwsEksCluster) {
            report_on_cluster(
                cx,
                out,
                &format!("the cluster has no {}: no workload and no add-on {addon} provides it", name.trim_start_matches("the ").trim_start_matches("a ")),
            );
        }
    }
}
