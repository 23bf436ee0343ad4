//! A secret for pulling images must exist.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::find;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::references_of::makes_secret;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pull-secret-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::Medium,
    confidence: Confidence::Low,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Secrets, Need::ExternalSecrets],
    title: "An image pull secret does not exist",
    why: "The image is pulled without credentials, and from a private registry that fails on every node that has not cached it.",
    verify: "kubectl describe pod POD   # FailedToRetrieveImagePullSecret",
    fix: "Add the secret through an ExternalSecret, or remove the reference: nodes pull from ECR with their own role.",
    sources: &["Kubernetes documentation, pull an image from a private registry"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      imagePullSecrets:
      - name: registry #~ pull-secret-missing
      containers: [{name: app, image: registry/api:1.0}]
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
      imagePullSecrets: [{name: registry}]
      containers: [{name: app, image: registry/api:1.0}]
---
apiVersion: v1
kind: Secret
metadata: {name: registry}
type: kubernetes.io/dockerconfigjson
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let ns = workload.meta.ns();
    for (at, it) in workload.pod().image_pull_secrets.iter().enumerate().filter(|it| !it.1.name.is_empty()) {
        out.assess();
        if find(&cx.cluster.secrets, ns, &it.name).is_none() && !makes_secret(cx, ns, &it.name) {
            let path = workload.pod_path().key("imagePullSecrets").index(at).key("name");
            let message = format!("{workload}: pull secret {} does not exist, so a private image cannot be pulled", it.name);
            out.report(workload, path, message).confidence(if cx.is_live() { Confidence::High } else { Confidence::Low });
        }
    }
}
