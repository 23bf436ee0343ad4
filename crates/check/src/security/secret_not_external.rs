//! A Secret that apps use should come from Secrets Manager.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object};
use seatrial_report::{Confidence, Severity};

use seatrial_model::kinds::config::Secret;
use std::collections::BTreeSet;

use super::secret_sources::Outside;
use super::secret_uses::{self, is_aws_key, is_public_key, is_technical};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-not-external",
    rows: &[Row::SecretsInSecretsManager],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Secrets, Need::ExternalSecrets],
    title: "A Secret does not come from an external store",
    why: "Somebody put it there by hand: nobody can say who has the value, rotate it, or bring it back after the cluster is lost.",
    verify: "kubectl get externalsecrets -A; kubectl get secrets -A",
    fix: "Store the value in Secrets Manager, and add an ExternalSecret with this Secret as its target.",
    sources: &["Guide, Series Summary 1.6", "Guide, Disaster Recovery, what to back up"],
    bad: "
apiVersion: v1
kind: Secret
metadata:
  name: db #~ secret-not-external
  namespace: shop
  uid: 8d1f
data: {password: PHJlZGFjdGVkPg==}
---
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
scope: cluster
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      volumes:
      - name: db
        secret: {secretName: db}
      containers:
      - name: app
        image: registry/api:1.0
---
apiVersion: external-secrets.io/v1
kind: ExternalSecretList
items: []
",
    good: "
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
  ownerReferences: [{apiVersion: external-secrets.io/v1, kind: ExternalSecret, name: db, uid: 1, controller: true}]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: aws, kind: SecretStore}
  data:
  - secretKey: password
    remoteRef: {key: EKS/prod/db, property: password}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      volumes:
      - name: db
        secret: {secretName: db}
      containers:
      - name: app
        image: registry/api:1.0
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let outside = Outside::of(cx.cluster);
    let mut seen = BTreeSet::new();
    for workload in cx.workloads() {
        for it in secret_uses::of(workload) {
            let Some(secret) = cx.graph.named(workload, &cx.cluster.secrets, it.name) else { continue };
            if is_technical(secret) || !seen.insert((workload.meta.ns(), it.name.as_str())) {
                continue;
            }
            out.assess();
            if outside.fills(secret) || is_reported_elsewhere(cx, secret) {
                continue;
            }
            let draft = out.report(
                secret,
                "metadata.name",
                format!("{secret}: {workload} depends on it, and no ExternalSecret fills it, so it is lost with the cluster and nobody rotates it"),
            );
            draft.related(workload, it.path, "used here");
            if secret.meta.label("app.kubernetes.io/managed-by") == Some("Helm") {
                draft.severity(Severity::Low).evidence("a Helm release wrote it");
            }
        }
    }
}

/// In a repository the written value itself is the finding, and keys of AWS are always static-aws-keys'.
fn is_reported_elsewhere(cx: &Cx<'_>, secret: &Object<Secret>) -> bool {
    let written = secret.literal_keys.iter().any(|it| !is_public_key(it));
    (!cx.is_live() && written) || secret.keys.iter().any(|(key, _)| is_aws_key(key))
}
