//! A cluster-wide store should say who may use it.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "cluster-secret-store-open",
    rows: &[Row::IamLeastPrivilege, Row::PatternMultiTier],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::SecretStores],
    title: "A ClusterSecretStore is open to every namespace",
    why: "Whoever may write an ExternalSecret in any namespace reads every secret that the store's role can read.",
    verify: "kubectl get clustersecretstores -o yaml | grep -A 5 conditions",
    fix: "Limit the store with spec.conditions, or give each namespace a SecretStore with a role of its own.",
    sources: &["Guide, Pattern 5, key decisions", "External Secrets Operator documentation, ClusterSecretStore"],
    bad: "
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  name: aws
spec: #~ cluster-secret-store-open
  provider:
    aws: {service: SecretsManager, region: us-east-1, role: 'arn:aws:iam::111122223333:role/shop-secrets'}
",
    good: "
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: {name: aws}
spec:
  conditions:
  - namespaces: [shop]
  provider:
    aws: {service: SecretsManager, region: us-east-1, role: 'arn:aws:iam::111122223333:role/shop-secrets'}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for store in cx.cluster.secret_stores.iter().filter(|it| it.kind == "ClusterSecretStore") {
        // Stores that make values up or copy inside the cluster lend out no role.
        let provider = &store.spec.provider;
        if provider.fake.is_some() || provider.kubernetes.is_some() {
            continue;
        }
        out.assess();
        if store.spec.conditions.is_empty() {
            out.report(store, "spec.conditions", format!("{store}: names no namespaces, so an ExternalSecret anywhere reads whatever its role can read"));
        }
    }
}
