//! Volumes that name storage directly belong behind a claim.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::pod_controls;
use super::pod_security::Control;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "restricted-volume-type",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A pod mounts storage without a claim",
    why: "The pod names a storage backend itself: it is bound to it, holds its address and goes round quotas and backups.",
    verify: "kubectl label --dry-run=server ns NAMESPACE --overwrite pod-security.kubernetes.io/enforce=restricted   # warns of each pod",
    fix: "Mount the storage through a PersistentVolumeClaim.",
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
      volumes:
      - name: data
        nfs: #~ restricted-volume-type
          server: files.internal
          path: /data
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
      - name: data
        emptyDir: {}
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Workload(run),
    repair: None,
};

fn run(_: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    pod_controls::report(
        workload,
        out,
        |it| it.control == Control::VolumeTypes && !it.path.to_string().ends_with("hostPath"),
        "quotas and backups do not see it",
    );
}
