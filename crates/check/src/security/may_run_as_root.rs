//! Nothing stops an image from running as root.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::pod_controls;
use super::pod_security::Control;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "may-run-as-root",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "Nothing stops a container from running as root",
    why: "Whether the process is root is left to the image; the next image may decide otherwise.",
    verify: "kubectl label --dry-run=server ns NAMESPACE --overwrite pod-security.kubernetes.io/enforce=restricted   # warns of each pod",
    fix: "Set runAsNonRoot: true for the pod.",
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
      - name: app #~ may-run-as-root
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
      securityContext: {runAsNonRoot: true}
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    if workload.pod().is_windows() {
        return;
    }
    pod_controls::report(
        workload,
        out,
        |it| it.control == Control::RunAsNonRoot && !has_user(workload, it.container.as_deref()),
        "the image alone decides whether it is root",
    );
}

/// An explicit user other than 0 answers the question, though the restricted level wants the flag as well.
fn has_user(workload: &Object<Workload>, container: Option<&str>) -> bool {
    let pod = workload.pod();
    let own = pod.all_containers().find(|it| Some(it.name.as_str()) == container).and_then(|it| it.security_context.as_ref()?.run_as_user);
    own.or_else(|| pod.security_context.as_ref()?.run_as_user).is_some()
}
