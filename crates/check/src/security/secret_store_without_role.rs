//! A namespace's store needs a role of its own.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use super::stores;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-store-without-role",
    rows: &[Row::SecretsInSecretsManager, Row::IamLeastPrivilege, Row::PatternMultiTier],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::SecretStores],
    title: "A SecretStore reads with the operator's own role",
    why: "All namespaces then read with one role: whoever may write an ExternalSecret in one of them reads the secrets of all.",
    verify: "kubectl get secretstores -A -o yaml | grep -E 'role:|serviceAccountRef'",
    fix: "Set spec.provider.aws.role to a role for this namespace that the operator's Pod Identity role may assume.",
    sources: &["Guide, Pattern 5, key decisions", "External Secrets Operator documentation, AWS access"],
    bad: "
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: shop}
spec:
  provider:
    aws: #~ secret-store-without-role
      service: SecretsManager
      region: us-east-1
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
    for (store, aws) in stores::aws(cx.cluster).filter(|(it, _)| it.kind == "SecretStore") {
        out.assess();
        // Static keys and service accounts are findings of their own.
        if aws.role.as_ref().is_some_and(|it| !it.is_empty()) || aws.auth.as_ref().is_some_and(|it| it.jwt.is_some() || it.secret_ref.is_some()) {
            continue;
        }
        out.report(
            store,
            "spec.provider.aws.role",
            format!("{store}: names no role, so it reads with the operator's own and the namespace sees every namespace's secrets"),
        );
    }
}
