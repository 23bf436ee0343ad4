//! A rollout must not count as failed while its pods may still start.

use seatrial_facts::guide::Row;
use seatrial_model::{Container, Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use super::probes_of::{deadline, delay};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "progress-deadline-shorter-than-start",
    rows: &[Row::PatternStateless],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "The rollout counts as failed before a pod can start",
    why: "Pipelines that wait for the rollout fail, or roll back, although the new pods only need the time that their own probes allow.",
    verify: "kubectl get deployment NAME -o jsonpath={.spec.progressDeadlineSeconds}",
    fix: "Set progressDeadlineSeconds above the time that the probes allow for the start, plus minReadySeconds.",
    sources: &["Kubernetes documentation, Deployments: progress deadline seconds"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  progressDeadlineSeconds: 60 #~ progress-deadline-shorter-than-start
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        startupProbe: {httpGet: {path: /live, port: 8080}, periodSeconds: 10, failureThreshold: 30}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        startupProbe: {httpGet: {path: /live, port: 8080}, periodSeconds: 10, failureThreshold: 30}
",
    run: Run::Workload(run),
    repair: None,
};

const DEFAULT_DEADLINE: i64 = 600;

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if workload.workload_kind != WorkloadKind::Deployment {
        return;
    }
    let slowest = workload.containers().filter_map(|(it, path)| Some((allowed_start(it)?, path))).max_by_key(|it| it.0);
    let Some((start, path)) = slowest else { return };
    out.assess();
    let needed = start.saturating_add(workload.rollout.min_ready_seconds.unwrap_or(0));
    let deadline = workload.rollout.progress_deadline_seconds.unwrap_or(DEFAULT_DEADLINE);
    if deadline < needed {
        let message = format!("{workload}: a rollout counts as failed after {deadline} s, but its probes allow {needed} s for the start");
        out.report(workload, "spec.progressDeadlineSeconds", message).related(workload, path, "the slowest start that is allowed");
    }
}

/// Seconds that the container may take until it counts as ready.
fn allowed_start(it: &Container) -> Option<i64> {
    let startup = it.startup_probe.as_deref().map(deadline);
    let readiness = it.readiness_probe.as_deref().map(delay);
    startup.max(readiness)
}
