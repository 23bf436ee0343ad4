//! What users reach should be rolled out without taking a pod away first.

use seatrial_facts::guide::Row;
use seatrial_model::{Change, Edit, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::rollouts::steps;
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rollout-removes-pods-first",
    rows: &[Row::PatternStateless],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::Ingresses, Need::HorizontalPodAutoscalers, Need::Routes, Need::ScaledObjects],
    title: "A rollout takes pods away before new ones are ready",
    why: "While it is rolled out, the workload has fewer pods than its load was planned for.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 4 strategy",
    fix: "Set maxUnavailable: 0 and maxSurge: 1.",
    sources: &["Guide, Architecture Patterns, Pattern 1", "Kubernetes documentation, Deployments: rolling update"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  strategy:
    rollingUpdate:
      maxUnavailable: 1 #~ rollout-removes-pods-first
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
  type: ClusterIP
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: api, port: {number: 80}}}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
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
  type: ClusterIP
  selector: {app: api}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: api, port: {number: 80}}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let replicas = cx.graph.replicas_of(workload).min;
    let Some(steps) = steps(workload, replicas).filter(|_| replicas > 1) else { return };
    if !cx.graph.is_user_facing(workload) {
        return;
    }
    out.assess();
    // Above half it is the matter of rollout-drops-capacity.
    if steps.unavailable > 0 && steps.unavailable.saturating_mul(2) <= replicas {
        let message = format!("{workload}: users reach it, and a rollout takes {} of {replicas} pods away before new ones are ready", steps.unavailable);
        out.report(workload, "spec.strategy.rollingUpdate.maxUnavailable", message);
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let set =
        |field: &str, yaml: &str| Edit { origin, change: Change::Set { path: Path::of("spec.strategy.rollingUpdate").key(field), yaml: yaml.to_owned() } };
    vec![set("maxUnavailable", "0"), set("maxSurge", "1")]
}
