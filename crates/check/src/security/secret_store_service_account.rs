//! Pod Identity knows no serviceAccountRef.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use seatrial_model::cluster::find;

use super::stores;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-store-service-account",
    rows: &[Row::PodIdentity, Row::SecretsInSecretsManager],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::SecretStores, Need::ServiceAccounts],
    title: "A SecretStore relies on a ServiceAccount without a role",
    why: "The operator asks for a token that only IRSA understands: with a Pod Identity association alone nothing is ever synced.",
    verify: "kubectl get serviceaccount NAME -o yaml | grep role-arn",
    fix: "Give the operator a Pod Identity association and set spec.provider.aws.role; or keep the IRSA annotation on the ServiceAccount.",
    sources: &["Guide, corrections: External Secrets with Pod Identity", "External Secrets Operator documentation, AWS access"],
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
        jwt:
          serviceAccountRef:
            name: secrets #~ secret-store-service-account
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: secrets, namespace: shop}
",
    good: "
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: aws, namespace: shop}
spec:
  provider:
    aws:
      service: SecretsManager
      region: us-east-1
      auth:
        jwt:
          serviceAccountRef: {name: secrets}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: secrets
  namespace: shop
  annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/shop-secrets'}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for (store, aws) in stores::aws(cx.cluster) {
        let Some(account) = aws.auth.as_ref().and_then(|it| it.jwt.as_ref()).and_then(|it| it.service_account_ref.as_ref()) else { continue };
        out.assess();
        let ns = account.namespace.as_deref().unwrap_or(store.meta.ns());
        let path = "spec.provider.aws.auth.jwt.serviceAccountRef.name";
        match find(&cx.cluster.service_accounts, ns, &account.name) {
            Some(it) if it.meta.annotation("eks.amazonaws.com/role-arn").is_some() => {}
            Some(it) => {
                out.report(
                    store,
                    path,
                    format!("{store}: {it} has no IRSA role, and Pod Identity does not work through serviceAccountRef, so nothing is synced"),
                )
                .related(it, "metadata.annotations", "no eks.amazonaws.com/role-arn");
            }
            None => {
                out.report(store, path, format!("{store}: ServiceAccount {ns}/{} is in none of the inputs, so nothing is synced", account.name))
                    .confidence(if cx.is_live() { Confidence::High } else { Confidence::Medium });
            }
        }
    }
}
