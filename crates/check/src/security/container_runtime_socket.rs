//! The container runtime's socket is the node.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::host_mounts::{self, Reach};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "container-runtime-socket",
    rows: &[Row::AccessControls],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A pod mounts the container runtime's socket",
    why: "Whoever can talk to the runtime starts a privileged container on the node and reads every pod's secrets.",
    verify: "kubectl get pods -A -o yaml | grep -E 'docker.sock|containerd.sock'",
    fix: "Take the mount out; build images with a tool that needs no runtime, and read metrics from the kubelet.",
    sources: &["EKS best practices guide, security, pod security: runtime sockets"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      volumes:
      - name: runtime
        hostPath: #~ container-runtime-socket
          path: /var/run/docker.sock
      containers:
      - name: app
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
      volumes:
      - name: runtime
        emptyDir: {}
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    out.assess();
    for it in host_mounts::of(workload).iter().filter(|it| it.reach() == Reach::RuntimeSocket) {
        out.report(
            workload,
            it.path.clone(),
            format!("{workload}: volume {} is the container runtime's {}, so its containers control every pod of the node", it.volume.name, it.host),
        );
    }
}
