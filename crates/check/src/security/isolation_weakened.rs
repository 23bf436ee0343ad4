//! What the kernel hides from containers must stay hidden.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::pod_controls;
use super::pod_security::Control;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "isolation-weakened",
    rows: &[Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A pod weakens its isolation",
    why: "Seccomp, AppArmor, SELinux and the masks on /proc are what stands between a bug in the app and the node's kernel.",
    verify: "kubectl label --dry-run=server ns NAMESPACE --overwrite pod-security.kubernetes.io/enforce=restricted   # warns of each pod",
    fix: "Take the setting out, so that the runtime's defaults hold.",
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
          seccompProfile:
            type: Unconfined #~ isolation-weakened
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
          seccompProfile:
            type: RuntimeDefault
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    pod_controls::report(
        workload,
        out,
        |it| matches!(it.control, Control::AppArmor | Control::SeLinux | Control::ProcMount | Control::Seccomp | Control::Sysctls),
        "less stands between it and the node's kernel",
    );
}
