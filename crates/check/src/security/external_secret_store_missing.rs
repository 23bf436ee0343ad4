//! An ExternalSecret needs its store.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::kinds::config::ExternalSecret;
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use super::stores;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "external-secret-store-missing",
    rows: &[Row::SecretsInSecretsManager, Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ExternalSecrets, Need::SecretStores],
    title: "An ExternalSecret names a store that does not exist",
    why: "The secret is never synced, and every pod that mounts it waits for ever.",
    verify: "kubectl get secretstores,clustersecretstores -A",
    fix: "Name an existing store, or add the SecretStore to the namespace.",
    sources: &["External Secrets Operator documentation, ExternalSecret"],
    bad: "
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: aws, kind: SecretStore} #~ external-secret-store-missing
  data:
  - secretKey: password
    remoteRef: {key: EKS/prod/db, property: password}
",
    good: "
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  secretStoreRef: {name: aws, kind: SecretStore}
  data:
  - secretKey: password
    remoteRef: {key: EKS/prod/db, property: password}
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: shop}
spec:
  provider:
    aws: {service: SecretsManager, region: us-east-1, role: 'arn:aws:iam::111122223333:role/shop-secrets'}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut missing: BTreeMap<(&str, &str, &str), Missing<'_>> = BTreeMap::new();
    for it in &cx.cluster.external_secrets {
        for (store, path) in stores::named_by(it) {
            out.assess();
            if stores::find(cx.cluster, it.meta.ns(), store).is_some() {
                continue;
            }
            let kind = stores::kind(store);
            let ns = if kind == "SecretStore" { it.meta.ns() } else { "" };
            missing.entry((kind, ns, store.name.as_str())).or_insert(Missing { first: it, path, more: 0 }).more += 1;
        }
    }
    // One missing store is one finding, however many name it.
    for ((kind, _, name), Missing { first, path, more }) in missing {
        let what = if more > 1 { format!("neither its secret nor those of {} more can be synced", more - 1) } else { "its secret cannot be synced".to_owned() };
        let draft = out.report(first, path, format!("{first}: {kind} {name} is in none of the inputs, so {what}"));
        // Whoever runs the platform often keeps the cluster-wide store in a repository of its own.
        if !cx.is_live() {
            draft.confidence(if kind == "SecretStore" { Confidence::Medium } else { Confidence::Low });
        }
    }
}

/// The first that names a missing store, and how many do.
struct Missing<'a> {
    first: &'a Object<ExternalSecret>,
    path: Path,
    more: usize,
}
