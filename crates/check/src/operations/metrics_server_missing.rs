//! Autoscalers need a source of pod metrics.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object};
use seatrial_report::{Confidence, Severity};

use crate::infrastructure::compute_of::running;
use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::kinds::scaling::HorizontalPodAutoscaler;

pub static CHECK: Check = Check {
    id: "metrics-server-missing",
    rows: &[Row::NodeAutoscaling, Row::UpgradeVersions],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::HorizontalPodAutoscalers, Need::Workloads, Need::Nodes],
    title: "Autoscalers have no metrics server",
    why: "They see no CPU or memory and never scale, whatever the load.",
    verify: "kubectl get apiservices v1beta1.metrics.k8s.io; kubectl top nodes",
    fix: "Install the metrics-server add-on.",
    sources: &["Kubernetes documentation, horizontal pod autoscaling: support for metrics APIs"],
    bad: "
apiVersion: v1
kind: Node
metadata:
  name: n0
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
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}
  maxReplicas: 5
  metrics: #~ metrics-server-missing
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
",
    good: "
apiVersion: v1
kind: Node
metadata:
  name: n0
  labels: {topology.kubernetes.io/zone: us-east-1a}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: metrics-server, namespace: kube-system}
spec:
  selector: {matchLabels: {app: metrics-server}}
  template:
    metadata: {labels: {app: metrics-server}}
    spec: {containers: [{name: app, image: \"registry.k8s.io/metrics-server/metrics-server:v0.9.0\"}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}
  maxReplicas: 5
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
",
    run: Run::Asking(&[Need::AwsAddons], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let scalers: Vec<_> = cx.cluster.horizontal_pod_autoscalers.iter().filter(|it| needs_pod_metrics(it)).collect();
    let Some(first) = scalers.first() else { return };
    out.assess();
    let is_served = cx.cluster.others.iter().any(|it| {
        it.kind == "APIService" && it.meta.name.ends_with(".metrics.k8s.io") && !it.meta.name.contains("external") && !it.meta.name.contains("custom")
    });
    let works = scalers.iter().any(|it| it.status.conditions.iter().any(|it| it.kind == "ScalingActive" && it.status == "True"));
    let addon = cx.snapshot.account.addons.known().is_some_and(|all| all.iter().any(|it| it.name == "metrics-server"));
    let runs = || running(cx, &["metrics-server", "prometheus-adapter", "k8s-prometheus-adapter"]).is_some();
    if !is_served && !works && !addon && !runs() && !out.lacks(cx, Need::AwsAddons) {
        out.report(*first, "spec.metrics", format!("{} and {} others: nothing serves pod metrics, so they never scale", first, scalers.len() - 1));
    }
}

fn needs_pod_metrics(hpa: &Object<HorizontalPodAutoscaler>) -> bool {
    hpa.spec.target_cpu_utilization_percentage.is_some() || hpa.spec.metrics.iter().any(|it| it.resource.is_some() || it.container_resource.is_some())
}
