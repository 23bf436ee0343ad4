//! Without a seccomp profile every system call is open.

use seatrial_facts::guide::Row;
use seatrial_model::{Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::pod_security::Control;
use super::{every_place, pod_controls};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "seccomp-profile-missing",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A container runs without a seccomp profile",
    why: "Kubernetes runs it unconfined: every system call of the kernel is open to it.",
    verify: "kubectl label --dry-run=server ns NAMESPACE --overwrite pod-security.kubernetes.io/enforce=restricted   # warns of each pod",
    fix: "Set seccompProfile.type: RuntimeDefault for the pod.",
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
      - name: app #~ seccomp-profile-missing
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
      securityContext: {seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if workload.pod().is_windows() {
        return;
    }
    pod_controls::report(workload, out, |it| it.control == Control::SeccompRequired, "every system call of the kernel is open to it");
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    every_place::set(found, "type: RuntimeDefault")
}
