//! The default capabilities are more than an app needs.

use seatrial_facts::guide::Row;
use seatrial_model::{Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::pod_security::Control;
use super::{every_place, pod_controls};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "capabilities-not-dropped",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A container keeps the default capabilities",
    why: "Raw sockets, changing owners and other rights come with every container and help only an intruder.",
    verify: "kubectl label --dry-run=server ns NAMESPACE --overwrite pod-security.kubernetes.io/enforce=restricted   # warns of each pod",
    fix: "Drop ALL capabilities, and add NET_BIND_SERVICE where a low port is needed.",
    sources: &["Kubernetes documentation, Pod Security Standards"],
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
      - name: app #~ capabilities-not-dropped
        image: registry/api:1.0
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
        securityContext: {capabilities: {drop: [ALL]}}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if workload.pod().is_windows() {
        return;
    }
    pod_controls::report(
        workload,
        out,
        |it| it.control == Control::DropAllCapabilities && !it.detail.starts_with("adds"),
        "an intruder gets raw sockets and more with it",
    );
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    every_place::set(found, "[ALL]")
}
