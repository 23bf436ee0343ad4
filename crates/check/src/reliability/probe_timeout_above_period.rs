//! A probe must time out before the next one is due.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::probes_of::{period, probes_of, timeout};
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "probe-timeout-above-period",
    rows: &[Row::Probes],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A probe may take longer than its period",
    why: "Probes of one container run one after the other: with slow answers failures are counted later than the settings say, and the pod stays in traffic for so long.",
    verify: "kubectl get deployment NAME -o yaml | grep -A 8 Probe",
    fix: "Set timeoutSeconds below periodSeconds.",
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
        readinessProbe:
          httpGet: {path: /ready, port: 8080}
          periodSeconds: 5
          timeoutSeconds: 20 #~ probe-timeout-above-period
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
        readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 10, timeoutSeconds: 2}
",
    run: Run::Container(run),
    repair: None,
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    for at in probes_of(it) {
        out.assess();
        let (may_take, every) = (timeout(at.probe), period(at.probe));
        if may_take > every {
            let (word, name) = (at.kind.word(), &it.container.name);
            let message =
                format!("{}: the {word} probe of container {name} may take {may_take} s but is due each {every} s, so failures count late", it.workload);
            out.report(it.workload, at.path.key("timeoutSeconds"), message).container(name);
        }
    }
}
