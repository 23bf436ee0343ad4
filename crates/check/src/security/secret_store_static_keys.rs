//! A store must not need a secret to read secrets.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::stores;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-store-static-keys",
    rows: &[Row::PitfallIgnoringPodIdentity, Row::SecretsInSecretsManager, Row::PodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::SecretStores],
    title: "A SecretStore uses stored AWS keys",
    why: "A key that never expires opens the whole store: whoever reads that one Secret reads all of them, from anywhere.",
    verify: "kubectl get secretstores,clustersecretstores -A -o yaml | grep -A 6 accessKeyIDSecretRef",
    fix: "Take auth.secretRef out, give the operator a Pod Identity association, and set spec.provider.aws.role.",
    sources: &["Guide, Common Pitfalls 5", "External Secrets Operator documentation, AWS access"],
    bad: "
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: shop}
spec:
  provider:
    aws:
      service: SecretsManager
      region: us-east-1
      auth:
        secretRef: #~ secret-store-static-keys
          accessKeyIDSecretRef: {name: aws, key: id}
          secretAccessKeySecretRef: {name: aws, key: key}
",
    good: "
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
    for (store, aws) in stores::aws(cx.cluster) {
        out.assess();
        if aws.auth.as_ref().is_some_and(|it| it.secret_ref.is_some()) {
            out.report(store, "spec.provider.aws.auth.secretRef", format!("{store}: reads with a stored access key, so whoever has that key has every secret"));
        }
    }
}
