//! A container that is told to run as root.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use super::pod_controls;
use super::pod_security::Control;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "run-as-root",
    rows: &[Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A container is told to run as root",
    why: "Root in a container is root on the node as soon as one more thing goes wrong: a kernel bug, a writable mount, a leaked socket.",
    verify: "kubectl label --dry-run=server ns NAMESPACE --overwrite pod-security.kubernetes.io/enforce=restricted   # warns of each pod",
    fix: "Give the image a user of its own and set runAsUser to it, with runAsNonRoot: true.",
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
      - name: app
        image: registry/api:1.0
        securityContext:
          runAsUser: 0 #~ run-as-root
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
        securityContext:
          runAsUser: 10001
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    // A node agent needs root for what it does to the node; that is reported where it reaches there.
    if workload.workload_kind == WorkloadKind::DaemonSet {
        return;
    }
    pod_controls::report(workload, out, |it| it.control == Control::RunAsUser, "one more mistake makes it root on the node");
}
