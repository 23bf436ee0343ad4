//! A container must have a bound on its memory.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::resources_of::{has_limit, has_nothing};
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "memory-limit-missing",
    rows: &[Row::RequestsLimits, Row::PitfallNoLimits],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::LimitRanges, Need::VerticalPodAutoscalers],
    title: "A container has no memory limit",
    why: "A leak or a burst takes the memory of the whole node, and the kernel kills other pods for it.",
    verify: "kubectl describe pod POD | grep -A 3 Limits",
    fix: "Set resources.limits.memory, at most about twice the request.",
    sources: &[
        "Guide, Production Readiness Checklist, Reliability",
        "Guide, Common Pitfalls 1",
        "Kubernetes documentation, resource management for pods and containers",
    ],
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
        resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {cpu: 500m}} #~ memory-limit-missing
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
        resources: {requests: {cpu: 100m, memory: 256Mi}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: defaults}
spec:
  limits:
  - type: Container
    default: {cpu: 500m, memory: 512Mi}
",
    run: Run::Container(run),
    repair: None,
};

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    // A container with nothing at all is one root cause, which requests-missing reports.
    if !it.is_running() || has_nothing(cx, it) {
        return;
    }
    out.assess();
    if !has_limit(cx, it, "memory") {
        let message = format!("{}: container {} has no memory limit, so a leak can take the memory of its node", it.workload, it.container.name);
        out.report(it.workload, it.path.join("resources.limits"), message).container(&it.container.name);
    }
}
