//! A writable host path is a way onto the node.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use super::host_mounts::{self, Reach};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "writable-host-mount",
    rows: &[Row::AccessControls],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A pod can write to the node's file system",
    why: "A file written to the node outlives the pod and can start programs there; a full disk takes the node down.",
    verify: "kubectl get pods -A -o yaml | grep -A 2 hostPath",
    fix: "Mount it with readOnly: true, or use an emptyDir or a PersistentVolumeClaim.",
    sources: &["Kubernetes documentation, Pod Security Standards, host path volumes"],
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
      - name: etc
        hostPath: {path: /etc}
      containers:
      - name: app
        image: registry/api:1.0
        volumeMounts:
        - name: etc #~ writable-host-mount
          mountPath: /host/etc
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
      - name: etc
        hostPath: {path: /etc}
      containers:
      - name: app
        image: registry/api:1.0
        volumeMounts:
        - name: etc
          mountPath: /host/etc
          readOnly: true
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let mounts = host_mounts::of(workload);
    if !mounts.is_empty() {
        out.assess();
    }
    // A node agent is there to work on the node: worth knowing, not an accident.
    let severity = if workload.workload_kind == WorkloadKind::DaemonSet { Severity::Low } else { Severity::High };
    for it in mounts.iter().filter(|it| it.reach() == Reach::Writable) {
        for (container, path, _) in it.mounted.iter().filter(|it| it.2) {
            out.report(
                workload,
                path.clone(),
                format!("{workload}: container {container} can write to the node's {}, so it can change what runs there", it.host),
            )
            .container(container)
            .severity(severity);
        }
    }
}
