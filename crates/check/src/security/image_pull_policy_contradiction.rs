//! The pull policy must fit the tag.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::image_name::ImageName;
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "image-pull-policy-contradiction",
    rows: &[Row::EcrScanning],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "The pull policy contradicts the image's tag",
    why: "With a moving tag that is pulled once, each node keeps the code of the day it pulled; with Never, a new node has no image at all.",
    verify: "kubectl get deployment NAME -o yaml | grep -E 'image:|imagePullPolicy'",
    fix: "Give the image a fixed tag, or leave imagePullPolicy out.",
    sources: &["Kubernetes documentation, images: image pull policy"],
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
        image: registry.example.com/api:latest
        imagePullPolicy: IfNotPresent #~ image-pull-policy-contradiction
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
        image: registry.example.com/api:1.0
        imagePullPolicy: IfNotPresent
",
    run: Run::Container(run),
    repair: None,
};

fn run(_: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let (Some(image), Some(policy)) = (ImageName::parse(&it.container.image), it.container.image_pull_policy.as_deref()) else { return };
    out.assess();
    let so = match policy {
        "Never" => "a node that has no copy of the image cannot start it",
        "IfNotPresent" if image.is_latest() => "each node keeps the code of the day it pulled",
        _ => return,
    };
    let workload = it.workload;
    out.report(workload, it.path.key("imagePullPolicy"), format!("{workload}: container {} pulls its image {policy}, so {so}", it.container.name))
        .container(&it.container.name)
        .evidence(format!("image {}", it.container.image));
}
