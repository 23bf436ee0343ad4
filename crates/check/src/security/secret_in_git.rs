//! A Secret document with its values is a secret in git.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Path, Text, names_a_secret};
use seatrial_report::{Confidence, Severity};

use seatrial_model::kinds::config::Secret;

use super::secret_uses::{is_aws_key, is_public_key, is_technical};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-in-git",
    rows: &[Row::SecretsInSecretsManager],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Secrets, Need::ExternalSecrets],
    title: "A Secret is written out in a manifest",
    why: "Base64 is no encryption: whoever can read the repository, its forks or its history has the value, and taking it out later does not help.",
    verify: "git grep -lE '^kind: Secret$'",
    fix: "Replace the Secret by an ExternalSecret that reads from Secrets Manager, rotate the value, and take the document out.",
    sources: &["Guide, Production Readiness Checklist, Security", "Kubernetes documentation, good practices for Secrets"],
    bad: "
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData:
  password: hunter2 #~ secret-in-git
",
    good: "
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db}
spec:
  secretStoreRef: {name: aws, kind: SecretStore}
  data:
  - secretKey: password
    remoteRef: {key: EKS/prod/db, property: password}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    // What an API server holds is not a repository's; where it came from is asked by secret-not-external.
    if cx.is_live() {
        return;
    }
    cx.cluster.external_secrets.iter().for_each(|_| out.assess());
    for secret in cx.cluster.secrets.iter().filter(|it| !is_technical(it)) {
        out.assess();
        let written: Vec<&Text> = secret.literal_keys.iter().filter(|it| !is_public_key(it) && !is_aws_key(it)).collect();
        let Some(first) = written.iter().find(|it| names_a_secret(it)).or(written.first()) else { continue };
        let block = if secret.string_keys.contains(first) { "stringData" } else { "data" };
        let keys: Vec<&str> = written.iter().take(4).map(|it| it.as_str()).collect();
        let more = if written.len() > 4 { " and more" } else { "" };
        let draft = out.report(
            secret,
            Path::of(block).key(first),
            format!("{secret}: its values are written out ({}{more}), so whoever reads the repository has them", keys.join(", ")),
        );
        if !is_surely_secret(secret, &written) {
            draft.confidence(Confidence::Medium);
        }
    }
}

fn is_surely_secret(secret: &Object<Secret>, keys: &[&Text]) -> bool {
    let kind = secret.it.kind.as_deref();
    matches!(
        kind,
        Some("kubernetes.io/basic-auth" | "kubernetes.io/ssh-auth" | "kubernetes.io/tls" | "kubernetes.io/dockerconfigjson" | "kubernetes.io/dockercfg")
    ) || keys.iter().any(|it| names_a_secret(it))
}
