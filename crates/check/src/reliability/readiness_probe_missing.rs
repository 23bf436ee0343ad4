//! A container that serves must say when it is ready.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::probes_of::serves;
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "readiness-probe-missing",
    rows: &[Row::Probes, Row::PitfallNoReadiness],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Services, Need::ScaledObjects],
    title: "A serving container has no readiness probe",
    why: "Traffic is sent to a pod the moment its process starts: during each rollout and restart users get errors until it can answer.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 6 readinessProbe",
    fix: "Add a readinessProbe that answers only when the container can serve, on a path of its own.",
    sources: &["Guide, Common Pitfalls 4", "Kubernetes documentation, configure liveness, readiness and startup probes"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app #~ readiness-probe-missing
        image: registry/api:1.0
        ports: [{containerPort: 8080}]
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
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
",
    run: Run::Container(run),
    repair: None,
};

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    if !serves(cx, it) {
        return;
    }
    out.assess();
    if it.container.readiness_probe.is_none() {
        let balanced = !cx.graph.services_of(it.workload).is_empty();
        let so = if balanced { "traffic reaches it before it can answer" } else { "it counts as ready before it can answer" };
        let message = format!("{}: container {} has no readiness probe, so {so}", it.workload, it.container.name);
        let draft = out.report(it.workload, it.path.key("readinessProbe"), message).container(&it.container.name);
        if !balanced {
            draft.severity(Severity::Medium);
        }
    }
}
