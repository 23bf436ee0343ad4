//! A container that serves must be restarted when it hangs.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::probes_of::serves;
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "liveness-probe-missing",
    rows: &[Row::Probes],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::ScaledObjects],
    title: "A serving container has no liveness probe",
    why: "A process that hangs without ending stays as it is until somebody notices and restarts it.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 6 livenessProbe",
    fix: "Add a livenessProbe that fails only when a restart would help, on a path of its own, and with more patience than the readiness probe.",
    sources: &["Guide, Production Readiness Checklist, Reliability", "Kubernetes documentation, configure liveness, readiness and startup probes"],
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
      - name: app #~ liveness-probe-missing
        image: registry/api:1.0
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {path: /ready, port: 8080}}
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
        livenessProbe: {httpGet: {path: /live, port: 8080}}
",
    run: Run::Container(run),
    repair: None,
};

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    if !serves(cx, it) {
        return;
    }
    out.assess();
    if it.container.liveness_probe.is_none() {
        let message = format!("{}: container {} has no liveness probe, so nothing restarts it when it hangs", it.workload, it.container.name);
        out.report(it.workload, it.path.key("livenessProbe"), message).container(&it.container.name);
    }
}
