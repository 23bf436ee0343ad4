//! Capabilities beyond the baseline open ways to the node.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::pod_controls::below;
use super::pod_security::{Control, Level, violations};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "dangerous-capabilities",
    rows: &[Row::AccessControls],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A container adds dangerous capabilities",
    why: "Capabilities such as SYS_ADMIN or NET_ADMIN let a process leave its container or rewrite the node's network.",
    verify: "kubectl label --dry-run=server ns NAMESPACE --overwrite pod-security.kubernetes.io/enforce=restricted   # warns of each pod",
    fix: "Take the capability out; keep at most NET_BIND_SERVICE.",
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
          capabilities:
            add:
            - SYS_ADMIN #~ dangerous-capabilities
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
          capabilities:
            add:
            - NET_BIND_SERVICE
",
    run: Run::Workload(run),
    repair: None,
};

/// With these a process reaches the node's memory, devices, kernel or every file.
const BREAK_OUT: [&str; 9] = ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "SYS_BOOT", "DAC_READ_SEARCH", "BPF", "NET_ADMIN"];

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    out.assess();
    for it in violations(&workload.template, Level::Restricted).into_iter().filter(|it| it.control == Control::Capabilities) {
        let breaks_out = BREAK_OUT.iter().any(|name| it.detail.split([' ', ',']).any(|word| word == *name));
        let so = if breaks_out { "a process in it can leave its container" } else { "it holds rights on the node that the Baseline level refuses" };
        let who = it.container.as_ref().map_or_else(|| "the pod".to_owned(), |name| format!("container {name}"));
        let draft = out.report(workload, below(workload, &it.path), format!("{workload}: {who} {}, so {so}", it.detail));
        if let Some(name) = &it.container {
            draft.container(name);
        }
        if !breaks_out {
            draft.severity(Severity::Low);
        }
    }
}
