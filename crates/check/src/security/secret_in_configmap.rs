//! ConfigMaps are not for secrets.

use seatrial_facts::guide::Row;
use seatrial_model::{Literal, LooksLike, Need, Path};
use seatrial_report::{Confidence, Severity};

use super::secret_uses::is_aws_key;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-in-configmap",
    rows: &[Row::SecretsInSecretsManager],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ConfigMaps],
    title: "A ConfigMap holds a secret",
    why: "ConfigMaps are readable for nearly everybody in the namespace, are not encrypted apart, and stand in git.",
    verify: "kubectl get configmaps -A -o yaml | grep -iE 'password|token|secret'",
    fix: "Move the value to Secrets Manager, and bring it in with an ExternalSecret.",
    sources: &["Guide, Production Readiness Checklist, Security"],
    bad: "
apiVersion: v1
kind: ConfigMap
metadata: {name: api}
data:
  DB_HOST: db.internal
  DB_PASSWORD: hunter2 #~ secret-in-configmap
",
    good: "
apiVersion: v1
kind: ConfigMap
metadata: {name: api}
data:
  DB_HOST: db.internal
  DB_PASSWORD_FILE: /run/secrets/db/password
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for map in cx.cluster.config_maps.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        out.assess();
        for (key, value) in map.data.iter() {
            let Some(looks_like) = value.looks_like() else { continue };
            // Keys of AWS are the business of static-aws-keys.
            if is_aws_key(key) || matches!(looks_like, LooksLike::AwsAccessKeyId | LooksLike::AwsSecretKey) {
                continue;
            }
            let draft = out.report(
                map,
                Path::of("data").key(key),
                format!("{map}: key {key} holds what looks like {}, readable for whoever may read the ConfigMap or its repository", looks_like.words()),
            );
            if looks_like == LooksLike::Named {
                draft.confidence(Confidence::Medium);
            }
            if let Literal::Redacted { line, .. } = value {
                draft.evidence(format!("line {} of the value", line + 1));
            }
        }
    }
}
