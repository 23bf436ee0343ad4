//! An ExternalSecret that cannot read its source.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "external-secret-not-synced",
    rows: &[Row::SecretsInSecretsManager],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ExternalSecrets],
    title: "An ExternalSecret is not synced",
    why: "The Secret is missing or holds an old value: new pods wait for it for ever, and a rotated password locks running ones out.",
    verify: "kubectl get externalsecrets -A",
    fix: "Read the condition's message: mend the role's permission, the path or the store, then force a refresh.",
    sources: &["Guide, Quick Reference, Secrets and Config"],
    bad: "
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: 
  name: db #~ external-secret-not-synced
  namespace: shop
spec:
  secretStoreRef: {name: aws, kind: SecretStore}
  data:
  - secretKey: password
    remoteRef: {key: EKS/prod/db, property: password}
status:
  conditions:
  - {type: Ready, status: 'False', reason: SecretSyncedError, message: could not get secret data from provider}
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
status:
  conditions:
  - {type: Ready, status: 'True', reason: SecretSynced, message: secret synced}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.cluster.external_secrets.iter().filter(|it| !it.status.conditions.is_empty()) {
        out.assess();
        let Some(ready) = it.status.conditions.iter().find(|it| it.kind == "Ready" && it.status != "True") else { continue };
        let since = it.status.refresh_time.map_or_else(|| "never synced".to_owned(), |at| format!("last synced {at}"));
        let reason = ready.message.as_deref().or(ready.reason.as_deref()).unwrap_or("no reason given");
        out.report(it, "metadata.name", format!("{it}: not synced ({reason}), so its Secret is missing or stale")).evidence(since);
    }
}
