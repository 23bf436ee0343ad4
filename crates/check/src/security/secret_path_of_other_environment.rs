//! Production must not read the test environment's secrets.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Path, Text};
use seatrial_report::{Confidence, Severity};

use seatrial_model::cluster::find;
use seatrial_model::kinds::config::ExternalSecret;

use super::stores;
use crate::Profile;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-path-of-other-environment",
    rows: &[Row::SecretsInSecretsManager],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ExternalSecrets, Need::Namespaces, Need::SecretStores],
    title: "A secret is read from another environment's path",
    why: "Production then runs on test passwords and test systems, or a test run writes into production's database.",
    verify: "kubectl get externalsecrets -A -o yaml | grep 'key:'",
    fix: "Read from the path of this environment, such as EKS/prod/NAME.",
    sources: &["Guide, Test vs Production: secrets path"],
    bad: "
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop-prod}
spec:
  secretStoreRef: {name: aws, kind: SecretStore}
  data:
  - secretKey: password
    remoteRef:
      key: EKS/test/db #~ secret-path-of-other-environment
      property: password
",
    good: "
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop-prod}
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
    for it in &cx.cluster.external_secrets {
        let (here, because) = environment_of(cx, it);
        for (key, path) in keys(it) {
            out.assess();
            let there = environment_of_path(key);
            if let (Some(here), Some(there)) = (here, there)
                && here != there
            {
                let draft = out.report(it, path, format!("{it}: reads {key}, a secret of {}, in {}", there.name(), here.name()));
                draft.evidence(because);
                if because == BY_PROFILE {
                    draft.confidence(Confidence::Medium);
                }
            }
        }
    }
}

const BY_PROFILE: &str = "the profile is production's";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Environment {
    Test,
    Production,
}

impl Environment {
    fn name(self) -> &'static str {
        match self {
            Self::Test => "a test environment",
            Self::Production => "production",
        }
    }
}

/// By the namespace's name or label; else by the profile, where it says production.
fn environment_of(cx: &Cx<'_>, it: &Object<ExternalSecret>) -> (Option<Environment>, &'static str) {
    if let Some(found) = environment(it.meta.ns()) {
        return (Some(found), "the namespace's name says so");
    }
    let namespace = find(&cx.cluster.namespaces, "default", it.meta.ns());
    let label = namespace.and_then(|it| ["environment", "env", "app.kubernetes.io/environment"].iter().find_map(|key| it.meta.label(key)));
    match label.and_then(environment) {
        Some(found) => (Some(found), "the namespace's label says so"),
        None => ((cx.settings.profile != Profile::Test).then_some(Environment::Production), BY_PROFILE),
    }
}

/// A namespace or label says it as one of its words.
fn environment(text: &str) -> Option<Environment> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).find_map(named)
}

/// A path says it as a whole segment before the secret's own name: `EKS/test/db`, not `EKS/prod/notify-test`.
fn environment_of_path(key: &str) -> Option<Environment> {
    key.rsplit_once('/')?.0.split('/').find_map(named)
}

fn named(word: &str) -> Option<Environment> {
    match word.to_ascii_lowercase().as_str() {
        "test" | "dev" | "development" | "staging" | "stage" | "qa" | "sandbox" => Some(Environment::Test),
        "prod" | "production" | "prd" | "live" => Some(Environment::Production),
        _ => None,
    }
}

fn keys(it: &Object<ExternalSecret>) -> Vec<(&Text, Path)> {
    let (spec, path) = stores::spec_of(it);
    let own = spec.data.iter().enumerate().map(|(at, it)| (&it.remote_ref.key, path.key("data").index(at).join("remoteRef.key")));
    let from = spec.data_from.iter().enumerate().filter_map(|(at, it)| Some((&it.extract.as_ref()?.key, path.key("dataFrom").index(at).join("extract.key"))));
    own.chain(from).collect()
}
