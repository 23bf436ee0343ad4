//! A slow starter needs a startup probe.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::probes_of::delay;
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "startup-probe-missing",
    rows: &[Row::Probes],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A slow starter has no startup probe",
    why: "The wait that covers the slowest start is spent after each restart too, and a container that hangs in it is not noticed; a start that takes longer is killed.",
    verify: "kubectl get deployment NAME -o yaml | grep -B 2 -A 8 livenessProbe",
    fix: "Move the wait into a startupProbe with a generous failureThreshold, and drop initialDelaySeconds from the liveness probe.",
    sources: &["Kubernetes documentation, configure liveness, readiness and startup probes"],
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
        livenessProbe:
          httpGet: {path: /live, port: 8080}
          initialDelaySeconds: 120 #~ startup-probe-missing
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
        livenessProbe: {httpGet: {path: /live, port: 8080}}
        startupProbe: {httpGet: {path: /live, port: 8080}, failureThreshold: 30, periodSeconds: 5}
",
    run: Run::Container(run),
    repair: None,
};

/// Seconds of waiting that an app which starts at once does not need.
const SLOW: i64 = 30;

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let Some(liveness) = &it.container.liveness_probe else { return };
    out.assess();
    let wait = delay(liveness);
    if it.container.startup_probe.is_none() && wait > SLOW {
        let message = format!(
            "{}: liveness of container {} waits {wait} s instead of a startup probe, so a hang in that time is not noticed",
            it.workload, it.container.name
        );
        out.report(it.workload, it.path.join("livenessProbe.initialDelaySeconds"), message).container(&it.container.name);
    }
}
