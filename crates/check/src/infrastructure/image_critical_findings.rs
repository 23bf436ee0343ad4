//! A running image must not have critical vulnerabilities.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "image-critical-findings",
    rows: &[Row::EcrScanning],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::AwsRepositories],
    title: "A running image has critical vulnerabilities",
    why: "The weakness is public and the container that has it is serving.",
    verify: "aws ecr describe-image-scan-findings --repository-name REPOSITORY --image-id imageTag=TAG",
    fix: "Rebuild on a patched base image and roll it out; suppress what is proven unreachable, with a reason.",
    sources: &["Guide, Daily Operations, Images and Registry", "ECR user guide, image scanning"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
repositories:
- name: shop/api
  uri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api
  images:
  - {digest: \"sha256:1\", tags: [\"1.0\"], critical: 2, high: 4, scannedAt: \"2026-11-23T00:00:00Z\"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api:1.0 #~ image-critical-findings
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
repositories:
- name: shop/api
  uri: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api
  images:
  - {digest: \"sha256:1\", tags: [\"1.0\"], critical: 0, high: 4, scannedAt: \"2026-11-23T00:00:00Z\"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/shop/api:1.0
",
    run: Run::Container(run),
    repair: None,
};

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let Some(image) = cx.image(&it.container.image) else { return };
    let Some(critical) = image.critical else { return };
    out.assess();
    if critical > 0 {
        let plural = if critical == 1 { "y" } else { "ies" };
        out.report(
            it.workload,
            it.path.key("image"),
            format!("{}: the image of container {} has {critical} critical vulnerabilit{plural}", it.workload, it.container.name),
        )
        .container(&it.container.name)
        .evidence(format!("{}: {critical} critical, {} high", image.digest, image.high.unwrap_or(0)));
    }
}
