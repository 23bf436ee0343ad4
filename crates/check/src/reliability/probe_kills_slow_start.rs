//! A container must not be killed before it is expected to be ready.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::probes_of::{Kind, deadline, delay, probes_of};
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "probe-kills-slow-start",
    rows: &[Row::Probes],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A probe kills the container while it still starts",
    why: "The container is restarted before the time that its readiness probe allows for the start: a slow start becomes an endless loop of restarts.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 8 Probe",
    fix: "Give the startup probe (or liveness, where there is none) more time than the slowest start: periodSeconds times failureThreshold.",
    sources: &[
        "Kubernetes documentation, configure liveness, readiness and startup probes",
        "Kubernetes source, pkg/kubelet/prober: initial delays count from the start of the container",
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
        readinessProbe: {httpGet: {path: /ready, port: 8080}, initialDelaySeconds: 60}
        livenessProbe: #~ probe-kills-slow-start
          httpGet: {path: /live, port: 8080}
          initialDelaySeconds: 5
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
        readinessProbe: {httpGet: {path: /ready, port: 8080}, initialDelaySeconds: 10}
        livenessProbe: {httpGet: {path: /live, port: 8080}}
        startupProbe: {httpGet: {path: /live, port: 8080}, failureThreshold: 30}
",
    run: Run::Container(run),
    repair: None,
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let Some(readiness) = &it.container.readiness_probe else { return };
    let probes = probes_of(it);
    // Liveness is not asked before the startup probe has passed.
    let Some(killer) = probes.iter().find(|it| it.kind != Kind::Readiness) else { return };
    out.assess();
    let (killed, asked) = (deadline(killer.probe), delay(readiness));
    if killed <= asked {
        let word = killer.kind.word();
        let message =
            format!("{}: {word} kills container {} {killed} s after its start, but readiness expects it only after {asked} s", it.workload, it.container.name);
        out.report(it.workload, killer.path.clone(), message).container(&it.container.name).related(
            it.workload,
            it.path.join("readinessProbe.initialDelaySeconds"),
            "the start is expected to take this long",
        );
    }
}
