//! A vertical autoscaler must not move the request that a horizontal one measures by.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::scaling_of::{utilizations, vpas_of};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};
use seatrial_model::kinds::scaling::{VerticalPodAutoscaler, VpaContainerPolicy};

pub static CHECK: Check = Check {
    id: "vpa-fights-hpa",
    rows: &[Row::MultipleReplicas, Row::RequestsLimits],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::HorizontalPodAutoscalers, Need::VerticalPodAutoscalers, Need::ScaledObjects],
    title: "Vertical and horizontal autoscaler share a metric",
    why: "The horizontal one measures usage as a share of the request that the vertical one changes: replicas and requests chase each other.",
    verify: "kubectl get vpa,hpa -A",
    fix: "Set the vertical autoscaler's updateMode to \"Off\", limit its controlledResources to the other resource, or scale out on another metric.",
    sources: &["Kubernetes autoscaler project, VPA known limitations"],
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
        resources: {requests: {cpu: 100m, memory: 128Mi}}
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
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {name: api}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: api}
  updatePolicy:
    updateMode: \"Auto\" #~ vpa-fights-hpa
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
        resources: {requests: {cpu: 100m}}
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
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {name: api}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: api}
  updatePolicy: {updateMode: Auto}
  resourcePolicy: {containerPolicies: [{containerName: '*', controlledResources: [memory]}]}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let metrics = utilizations(cx, workload);
    let Some(vpa) = vpas_of(cx, workload).next() else { return };
    out.assess();
    if let Some(it) = metrics.iter().find(|it| controls(vpa, it.resource)) {
        let message = format!("{vpa}: changes the {} request of {workload} that {} scales by, so they chase each other", it.resource, it.by);
        out.report(vpa, "spec.updatePolicy.updateMode", message).related(it.by, it.path.clone(), "measured as a share of the request");
    }
}

/// Without a policy both resources of every container are controlled.
fn controls(vpa: &VerticalPodAutoscaler, resource: &str) -> bool {
    let policies = vpa.spec.resource_policy.as_ref().map(|it| it.container_policies.as_slice()).unwrap_or_default();
    let controlled =
        |it: &VpaContainerPolicy| it.mode.as_deref() != Some("Off") && it.controlled_resources.as_ref().is_none_or(|all| all.iter().any(|it| it == resource));
    policies.is_empty() || policies.iter().any(controlled)
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let change = Change::Set { path: found.path.clone(), yaml: "\"Off\"".to_owned() };
    found.origin.map(|origin| Edit { origin, change }).into_iter().collect()
}
