//! A host path shows the node to a pod.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload, WorkloadKind};
use seatrial_report::{Confidence, Severity};

use super::host_mounts::{self, Reach};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "host-path-volume",
    rows: &[Row::AccessControls],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A pod mounts the node's file system",
    why: "The pod sees other pods' files and the node's configuration, and finds other data after each reschedule.",
    verify: "kubectl get pods -A -o yaml | grep -A 2 hostPath",
    fix: "Use an emptyDir, a ConfigMap or a PersistentVolumeClaim instead.",
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
      - name: logs
        hostPath: #~ host-path-volume
          path: /var/log
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
      - name: logs
        emptyDir: {}
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    // Reading the node is what node agents are for.
    if workload.workload_kind == WorkloadKind::DaemonSet {
        return;
    }
    out.assess();
    for it in host_mounts::of(workload).iter().filter(|it| it.reach() == Reach::Readable) {
        out.report(
            workload,
            it.path.clone(),
            format!("{workload}: volume {} is the node's {}, so the pods depend on their node and see what is not theirs", it.volume.name, it.host),
        );
    }
}
