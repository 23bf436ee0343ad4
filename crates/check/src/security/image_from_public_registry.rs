//! Images of production belong into a registry of one's own.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::image_name::ImageName;
use crate::{Check, ContainerAt, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "image-from-public-registry",
    rows: &[Row::EcrScanning],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads],
    title: "An image comes from a public registry",
    why: "Nobody scans it, the registry limits or loses pulls on the day a node must be replaced, and its owner decides what the tag holds.",
    verify: "kubectl get pods -A -o jsonpath='{..image}' | tr ' ' '\\n' | sort -u | grep -v amazonaws.com",
    fix: "Copy the image to ECR, or set up a pull-through cache, and name it there.",
    sources: &["Guide, Series Summary 1.1", "Amazon ECR user guide, pull through cache"],
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
        image: nginx:1.29.3 #~ image-from-public-registry
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
        image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/nginx:1.29.3
",
    run: Run::Container(run),
    repair: None,
};

const PUBLIC: [&str; 16] = [
    "cgr.dev",
    "docker.elastic.co",
    "docker.io",
    "gcr.io",
    "ghcr.io",
    "index.docker.io",
    "k8s.gcr.io",
    "lscr.io",
    "mcr.microsoft.com",
    "nvcr.io",
    "quay.io",
    "registry-1.docker.io",
    "registry.gitlab.com",
    "registry.hub.docker.com",
    "registry.k8s.io",
    "xpkg.upbound.io",
];

fn run(cx: &Cx<'_>, it: &ContainerAt<'_>, out: &mut Findings) {
    let Some(image) = ImageName::parse(&it.container.image) else { return };
    out.assess();
    let trusted = cx.settings.trusted_registries.iter().any(|prefix| it.container.image.starts_with(prefix.as_str()) || image.registry == prefix);
    if trusted || !PUBLIC.contains(&image.registry) {
        return;
    }
    let workload = it.workload;
    out.report(
        workload,
        it.path.key("image"),
        format!("{workload}: container {} is pulled from {}, which neither scans it for you nor promises to have it", it.container.name, image.registry),
    )
    .container(&it.container.name)
    .evidence(format!("image {}", it.container.image));
}
