//! A writable root file system lets an intruder settle in.

use seatrial_facts::guide::Row;
use seatrial_model::{Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use super::every_place;
use crate::{Check, ContainerAt, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "root-filesystem-writable",
    rows: &[Row::AccessControls],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "A container can write to its own image",
    why: "An intruder can replace binaries and drop tools, and files that nobody asked for fill the node's disk.",
    verify: "kubectl get deployment NAME -o yaml | grep readOnlyRootFilesystem",
    fix: "Set readOnlyRootFilesystem: true and mount an emptyDir where the app writes.",
    sources: &["EKS best practices guide, security, pod security"],
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
      - name: app #~ root-filesystem-writable
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
        securityContext: {readOnlyRootFilesystem: true}
",
    run: Run::Container(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    if it.workload.pod().is_windows() {
        return;
    }
    out.assess();
    let workload = it.workload;
    let set = it.container.security_context.as_ref().and_then(|it| it.read_only_root_filesystem);
    if set != Some(true) {
        out.report(
            workload,
            it.path.join("securityContext.readOnlyRootFilesystem"),
            format!("{workload}: container {} can write to its own image, so an intruder can settle in it", it.container.name),
        )
        .container(&it.container.name);
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    every_place::set(found, "true")
}
