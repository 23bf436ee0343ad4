//! A memory limit far above the request overcommits the node.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "memory-limit-far-above-request",
    rows: &[Row::RequestsLimits],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::LimitRanges],
    title: "The memory limit is far above the request",
    why: "Several pods that use what they are allowed need more memory than the node has: the kernel then kills one of them.",
    verify: "kubectl describe nodes | grep -A 5 'Allocated resources'",
    fix: "Bring request and limit closer: request what the pod normally uses, and at most four times that as the limit.",
    sources: &["Kubernetes documentation, resource management for pods and containers"],
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
        resources:
          requests: {memory: 64Mi}
          limits:
            memory: 2Gi #~ memory-limit-far-above-request
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
        resources: {requests: {cpu: 100m, memory: 256Mi}, limits: {cpu: 500m, memory: 512Mi}}
",
    run: Run::Container(run),
    repair: None,
};

/// The guide's own example allows twice the request.
const MOST: f64 = 4.0;

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let ns = it.workload.meta.ns();
    let request = cx.graph.effective_request(ns, it.container, "memory");
    let (Some(request), Some(limit)) = (request, it.container.resources.limits.get("memory")) else { return };
    if !it.is_running() || request.is_zero() {
        return;
    }
    out.assess();
    let ratio = limit.as_f64() / request.as_f64();
    if ratio > MOST {
        let message =
            format!("{}: container {} may use {ratio:.0} times the memory it requests, so its node can run out of it", it.workload, it.container.name);
        out.report(it.workload, it.path.join("resources.limits.memory"), message)
            .container(&it.container.name)
            .evidence(format!("request {request}, limit {limit}"));
    }
}
