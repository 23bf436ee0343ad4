//! A tag can be moved, a digest cannot.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::image_name::ImageName;
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "image-not-pinned",
    rows: &[Row::EcrScanning],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "An image is not pinned by its digest",
    why: "Whoever can push to the repository can change what the next pod runs, without a trace in git.",
    verify: "kubectl get pods -A -o jsonpath='{..image}' | tr ' ' '\\n' | grep -v @sha256",
    fix: "Write the image as name:tag@sha256:..., or make the repository's tags immutable.",
    sources: &["EKS best practices guide, security, image security"],
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
        image: registry.example.com/api:1.4.2 #~ image-not-pinned
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
        image: registry.example.com/api:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
",
    run: Run::Asking(&[Need::AwsRepositories], &Run::Container(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let Some(image) = ImageName::parse(&it.container.image) else { return };
    out.assess();
    // A missing or moving tag is a finding of its own; tags of an immutable repository do not move.
    if image.digest.is_some() || image.is_latest() || is_immutable(cx, &it.container.image) {
        return;
    }
    // Whether tags move, its repository says.
    if it.container.image.contains(".dkr.ecr.") && out.lacks(cx, Need::AwsRepositories) {
        return;
    }
    let workload = it.workload;
    out.report(
        workload,
        it.path.key("image"),
        format!("{workload}: container {} names its image by a tag, which can be moved to other code", it.container.name),
    )
    .container(&it.container.name)
    .evidence(format!("image {}", it.container.image));
}

fn is_immutable(cx: &Cx<'_>, image: &str) -> bool {
    cx.repository(image).is_some_and(|it| it.tag_mutability.starts_with("IMMUTABLE"))
}
