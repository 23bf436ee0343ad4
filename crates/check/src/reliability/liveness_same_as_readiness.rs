//! Liveness must ask something else than readiness, or be far more patient.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::probes_of::{ask_the_same, patience};
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "liveness-same-as-readiness",
    rows: &[Row::Probes, Row::PitfallNoReadiness],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "Liveness and readiness ask the same question",
    why: "When the app is slow or a dependency is down, the same answer that takes the pod out of traffic also restarts it: load moves to the others, and they follow.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 6 Probe",
    fix: "Give liveness a path of its own that checks only the process, or let it fail at least three times as long as readiness.",
    sources: &["Kubernetes documentation, configure liveness, readiness and startup probes", "Guide, Common Pitfalls 4"],
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
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {path: /health, port: 8080}}
        livenessProbe: #~ liveness-same-as-readiness
          httpGet: {path: /health, port: 8080}
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
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {path: /ready, port: 8080}}
        livenessProbe: {httpGet: {path: /live, port: 8080}}
",
    run: Run::Container(run),
    repair: None,
};

/// How many times longer liveness must fail before it acts to be a backstop for readiness.
const PATIENT: i64 = 3;

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let (Some(liveness), Some(readiness)) = (&it.container.liveness_probe, &it.container.readiness_probe) else { return };
    out.assess();
    let (kills, drains) = (patience(liveness), patience(readiness));
    if !ask_the_same(it.container, liveness, readiness) || kills >= drains.saturating_mul(PATIENT) {
        return;
    }
    // A connection is accepted however slow the app is, and twice the patience gives it time to recover.
    let mild = liveness.tcp_socket.is_some() || kills >= drains.saturating_mul(2);
    let message = format!("{}: liveness of container {} asks what readiness asks, so slowness becomes restarts", it.workload, it.container.name);
    out.report(it.workload, it.path.key("livenessProbe"), message)
        .container(&it.container.name)
        .severity(if mild { Severity::Low } else { Severity::Medium })
        .related(it.workload, it.path.key("readinessProbe"), "the readiness probe")
        .evidence(format!("readiness acts after {drains} s of failures, liveness after {kills} s"));
}
