//! An image must be named by what it is, not by "latest".

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::image_name::ImageName;
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "image-tag-latest",
    rows: &[Row::EcrScanning, Row::RecoveryConfig],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "An image has no fixed tag",
    why: "Pods of one workload run different code, depending on when their node pulled; a rollback gives back the same broken image, and the scanned image is not the one that runs.",
    verify: "kubectl get pods -A -o jsonpath='{..image}' | tr ' ' '\\n' | grep -E ':latest$|/[^:]*$'",
    fix: "Name a version that never moves, or the digest.",
    sources: &["Guide, corrections: image tags", "Kubernetes documentation, images: image names"],
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
        image: registry.example.com/api:latest #~ image-tag-latest
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
        image: registry.example.com/api:1.4.2
",
    run: Run::Container(run),
    repair: None,
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let Some(image) = ImageName::parse(&it.container.image) else { return };
    out.assess();
    if image.is_latest() {
        let workload = it.workload;
        let fact = if image.tag.is_some() { "runs the tag latest" } else { "names no tag" };
        out.report(
            workload,
            it.path.key("image"),
            format!("{workload}: container {} {fact}, so what runs depends on when its node pulled and cannot be rolled back", it.container.name),
        )
        .container(&it.container.name)
        .evidence(format!("image {}", it.container.image));
    }
}
