//! What is asked for all the time must not be stopped for a rollout.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Safety, Severity};

use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "recreate-strategy",
    rows: &[Row::PatternStateless],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::Ingresses, Need::Routes, Need::HorizontalPodAutoscalers, Need::ScaledObjects],
    title: "Each rollout stops the workload",
    why: "All old pods end before the first new one starts: each rollout is an outage.",
    verify: "kubectl get deployment NAME -o jsonpath={.spec.strategy.type}",
    fix: "Use strategy type RollingUpdate with maxUnavailable: 0 and maxSurge: 1.",
    sources: &["Guide, Architecture Patterns, Pattern 1", "Kubernetes documentation, Deployments: rolling update"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  strategy:
    type: Recreate #~ recreate-strategy
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: LoadBalancer
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  strategy: {type: RollingUpdate}
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: LoadBalancer
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if workload.workload_kind != WorkloadKind::Deployment || cx.graph.services_of(workload).is_empty() {
        return;
    }
    out.assess();
    // A volume for one node at a time leaves no choice.
    if workload.strategy() != "Recreate" || workload.is_stateful() {
        return;
    }
    let users = cx.graph.is_user_facing(workload);
    // A single pod may have to end before its successor starts: many controllers want it so.
    let severity = match (users, cx.graph.replicas_of(workload).max > 1) {
        (true, _) => Severity::High,
        (false, true) => Severity::Medium,
        (false, false) => Severity::Low,
    };
    let who = if users { "users reach it" } else { "a Service sends to it" };
    let message = format!("{workload}: {who}, and strategy Recreate stops all its pods for each rollout");
    out.report(workload, "spec.strategy.type", message).severity(severity);
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let set = |path: &str, yaml: &str| Edit { origin, change: Change::Set { path: path.into(), yaml: yaml.to_owned() } };
    vec![set("spec.strategy.type", "RollingUpdate"), set("spec.strategy.rollingUpdate.maxUnavailable", "0"), set("spec.strategy.rollingUpdate.maxSurge", "1")]
}
