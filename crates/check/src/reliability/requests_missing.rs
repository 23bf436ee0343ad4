//! A container must say what it needs.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::resources_of::{has_nothing, has_request, is_missed_by_autoscaler};
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "requests-missing",
    rows: &[Row::RequestsLimits, Row::PitfallNoLimits],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::LimitRanges, Need::HorizontalPodAutoscalers, Need::ScaledObjects, Need::VerticalPodAutoscalers],
    title: "A container requests no cpu or memory",
    why: "The scheduler places the pod as if it needed nothing: nodes fill beyond what they have, and under pressure this pod is throttled or evicted first.",
    verify: "kubectl describe pod POD | grep -A 3 Requests",
    fix: "Set resources.requests.cpu and .memory to what a load test shows.",
    sources: &["Guide, Production Readiness Checklist, Reliability", "Kubernetes documentation, resource management for pods and containers"],
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
        resources: {limits: {memory: 512Mi}} #~ requests-missing
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

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    // A step that ends before the app starts lives on what the app reserves.
    if !it.is_running() {
        return;
    }
    out.assess();
    let name = &it.container.name;
    let path = it.path.join("resources.requests");
    if has_nothing(cx, it) {
        let message =
            format!("{}: container {name} has no requests and no limits, so it is placed blindly, evicted first, and can starve its node", it.workload);
        out.report(it.workload, path, message).container(name).severity(Severity::High);
        return;
    }
    let missing: Vec<&str> =
        ["cpu", "memory"].into_iter().filter(|resource| !has_request(cx, it, resource) && !is_missed_by_autoscaler(cx, it, resource)).collect();
    if !missing.is_empty() {
        let message = format!("{}: container {name} requests no {}, so the scheduler counts it as needing none", it.workload, missing.join(" and no "));
        out.report(it.workload, path, message).container(name);
    }
}
