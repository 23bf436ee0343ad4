//! A share of the request needs a request.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::resources_of::has_request;
use super::scaling_of::utilizations;
use crate::ContainerAt;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "autoscaler-metric-without-request",
    rows: &[Row::RequestsLimits, Row::MultipleReplicas],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::LimitRanges, Need::ScaledObjects, Need::VerticalPodAutoscalers],
    title: "The autoscaler scales by a request that is not set",
    why: "Usage is measured as a share of the request: without one the autoscaler computes nothing and never scales.",
    verify: "kubectl describe hpa NAME   # FailedGetResourceMetric: missing request",
    fix: "Set the request on every container of the workload, or scale on an absolute value.",
    sources: &["Kubernetes documentation, horizontal pod autoscaling: how it works"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        resources: {requests: {memory: 64Mi}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api
  maxReplicas: 5
  metrics:
  - type: Resource
    resource: #~ autoscaler-metric-without-request
      name: cpu
      target: {type: Utilization, averageUtilization: 70}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        resources: {requests: {cpu: 100m, memory: 64Mi}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: api
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: api
  maxReplicas: 5
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    for metric in utilizations(cx, workload) {
        out.assess();
        let measured = |it: &ContainerAt<'_>| it.is_running() && metric.container.is_none_or(|name| *name == it.container.name);
        let Some(it) = containers(workload).find(|it| measured(it) && !has_request(cx, it, metric.resource)) else { continue };
        let (by, resource, name) = (metric.by, metric.resource, &it.container.name);
        let message = format!("{by}: scales {workload} by a share of its {resource} request, but container {name} has none, so it never scales");
        out.report(by, metric.path.clone(), message).related(workload, it.path.join("resources.requests"), "no request here");
    }
}

fn containers(workload: &Object<Workload>) -> impl Iterator<Item = ContainerAt<'_>> {
    let app = workload.pod().containers.len();
    workload.containers().enumerate().map(move |(at, (container, path))| ContainerAt { workload, container, path, is_init: at >= app })
}
