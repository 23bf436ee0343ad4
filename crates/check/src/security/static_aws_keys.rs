//! Stored AWS keys have no place in a cluster.

use seatrial_facts::guide::Row;
use seatrial_model::{Literal, LooksLike, Need, Path};
use seatrial_report::{Confidence, Severity};

use seatrial_model::pod::EnvVar;
use std::collections::BTreeSet;

use super::aws_use::is_emulated;
use super::secret_uses::is_aws_key;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "static-aws-keys",
    rows: &[Row::PitfallIgnoringPodIdentity, Row::PodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::Secrets, Need::ConfigMaps],
    title: "AWS access keys are stored in the cluster",
    why: "The keys never expire and work from anywhere: one leaked manifest, log or backup and somebody else acts as you.",
    verify: "kubectl get pods -A -o yaml | grep -E 'AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY'",
    fix: "Create a Pod Identity association for the workload's ServiceAccount, take the keys out, and delete them in IAM.",
    sources: &["Guide, Common Pitfalls 5", "EKS best practices guide, identity and access management"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: app
        image: registry/api:1.0
        env:
        - name: AWS_ACCESS_KEY_ID #~ static-aws-keys
          valueFrom: {secretKeyRef: {name: aws, key: id}}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      serviceAccountName: api
      containers:
      - name: app
        image: registry/api:1.0
        env:
        - {name: AWS_REGION, value: us-east-1}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut referenced = BTreeSet::new();
    for workload in cx.workloads() {
        out.assess();
        for (container, path) in workload.containers().filter(|(it, _)| !is_emulated(it)) {
            for (at, env) in container.env.iter().enumerate().filter(|(_, it)| holds_key(it)) {
                let draft = out.report(
                    workload,
                    path.key("env").index(at),
                    format!(
                        "{workload}: variable {} gives container {} a stored AWS key, which never expires and works from anywhere",
                        env.name, container.name
                    ),
                );
                draft.container(&container.name);
                let from = env.value_from.as_ref();
                if let Some(secret) = from.and_then(|it| it.secret_key_ref.as_ref()).and_then(|it| cx.graph.named(workload, &cx.cluster.secrets, &it.name)) {
                    draft.related(secret, "metadata.name", "the key is kept here");
                    referenced.insert((secret.meta.ns(), secret.meta.name.as_str()));
                }
            }
        }
    }
    stored(cx, &referenced, out);
}

fn holds_key(it: &EnvVar) -> bool {
    let by_value = it.value.as_ref().is_some_and(|value| is_key(&it.name, value));
    by_value || (is_aws_key(&it.name) && it.value_from.is_some())
}

/// Whether the value under this name is a key of AWS; shorter words are placeholders for emulators.
fn is_key(name: &str, value: &Literal) -> bool {
    match value {
        Literal::Redacted { looks_like: LooksLike::AwsAccessKeyId, .. } => true,
        Literal::Redacted { looks_like, len, .. } => *len >= 16 && (is_aws_key(name) || *looks_like == LooksLike::AwsSecretKey),
        _ => false,
    }
}

/// Keys in Secrets and ConfigMaps that no reported variable leads to.
fn stored(cx: &Cx<'_>, referenced: &BTreeSet<(&str, &str)>, out: &mut Findings) {
    for secret in cx.cluster.secrets.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        let key = secret.keys.iter().map(|it| it.0).find(|it| is_aws_key(it));
        let Some(key) = key.filter(|_| !referenced.contains(&(secret.meta.ns(), secret.meta.name.as_str()))) else { continue };
        let block = if secret.string_keys.contains(key) { "stringData" } else { "data" };
        out.report(secret, Path::of(block).key(key), format!("{secret}: key {key} is a stored AWS key, which never expires and works from anywhere"));
    }
    for map in cx.cluster.config_maps.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        if let Some((key, _)) = map.data.iter().find(|(key, value)| is_key(key, value)) {
            out.report(map, Path::of("data").key(key), format!("{map}: key {key} is a stored AWS key, open to whoever reads the ConfigMap"));
        }
    }
}
