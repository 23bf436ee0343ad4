//! Secrets and keys that a pod names must exist or be made by somebody.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::references_of::{confidence, makes_secret, references};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-missing",
    rows: &[Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Secrets, Need::ExternalSecrets],
    title: "A Secret or a key of it does not exist",
    why: "The container is not created: the pod stays in CreateContainerConfigError or ContainerCreating.",
    verify: "kubectl describe pod POD   # events: secret not found",
    fix: "Add an ExternalSecret with that target, correct the name, or mark the reference optional.",
    sources: &["Guide, Common Pitfalls 3", "Kubernetes documentation, Secrets"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers: [{name: app, image: registry/api:1.0}]
      volumes:
      - name: credentials
        secret:
          secretName: api-credentials #~ secret-missing
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
      containers: [{name: app, image: registry/api:1.0}]
      volumes: [{name: credentials, secret: {secretName: api-credentials}}]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: api-credentials}
spec:
  secretStoreRef: {name: store}
  data: [{secretKey: password, remoteRef: {key: EKS/prod/api}}]
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let ns = workload.meta.ns();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for it in references(workload).into_iter().filter(|it| it.is_secret && !it.optional) {
        out.assess();
        match cx.graph.named(workload, &cx.cluster.secrets, it.name) {
            None if (cx.is_live() || !makes_secret(cx, ns, it.name)) && told.insert(it.name) => {
                let message = format!("{workload}: Secret {} does not exist and nothing makes it, so its containers cannot start", it.name);
                let sure = confidence(cx, ns, it.name);
                let draft = out.report(workload, it.path, message);
                // Secrets are kept out of manifests on purpose: their absence there says little.
                if cx.is_live() {
                    draft.confidence(sure);
                } else {
                    draft.confidence(Confidence::Low).severity(Severity::Low);
                }
            }
            Some(secret) => {
                let filled_later = makes_secret(cx, ns, it.name) || secret.keys.is_empty();
                let Some(key) = it.key.filter(|key| !secret.keys.contains(key) && !filled_later) else { continue };
                let message = format!("{workload}: Secret {} has no key {key}, so its container cannot start", it.name);
                out.report(workload, it.path.key("key"), message).severity(Severity::High).related(secret, "metadata.name", "the Secret");
            }
            None => {}
        }
    }
}
