//! An admission webhook must let the system namespace through.

use seatrial_facts::guide::Row;
use seatrial_model::{Labels, Need, Path, Text};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::cluster::find;
use seatrial_model::kinds::access::{Webhook, WebhookRule};

pub static CHECK: Check = Check {
    id: "webhook-guards-system",
    rows: &[Row::UpgradePlan, Row::RecoveryFailure],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Webhooks, Need::Namespaces],
    title: "A webhook that must answer guards kube-system",
    why: "When its pods are down, no pod of kube-system can start either: DNS, network plugin and the upgrade stand still.",
    verify: "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o yaml | grep -B 5 failurePolicy",
    fix: "Exclude kube-system in namespaceSelector by kubernetes.io/metadata.name, or set failurePolicy to Ignore.",
    sources: &["Kubernetes documentation, admission webhook good practices: avoid operating on system namespaces"],
    bad: "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: policy}
webhooks:
- name: pods.policy.io #~ webhook-guards-system
  failurePolicy: Fail
  rules: [{apiGroups: [\"\"], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  clientConfig: {service: {namespace: policy, name: policy}}
---
apiVersion: v1
kind: Service
metadata: {name: policy, namespace: policy}
spec: {selector: {app: policy}, ports: [{port: 443}]}
",
    good: "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: policy}
webhooks:
- name: pods.policy.io
  failurePolicy: Fail
  namespaceSelector:
    matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, policy]}]
  rules: [{apiGroups: [\"\"], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  clientConfig: {service: {namespace: policy, name: policy}}
---
apiVersion: v1
kind: Service
metadata: {name: policy, namespace: policy}
spec: {selector: {app: policy}, ports: [{port: 443}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

const SYSTEM: &str = "kube-system";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut labels = find(&cx.cluster.namespaces, "default", SYSTEM).map_or_else(Labels::default, |it| it.meta.labels.clone());
    labels.insert("kubernetes.io/metadata.name".into(), SYSTEM.into());
    for configuration in &cx.cluster.webhooks {
        for (at, webhook) in configuration.webhooks.iter().enumerate().filter(|(_, it)| it.rules.iter().any(creates_pods)) {
            out.assess();
            if must_answer(webhook) && webhook.namespace_selector.as_ref().is_none_or(|it| it.matches(&labels)) {
                let path = Path::of("webhooks").index(at).key("namespaceSelector");
                out.report(
                    configuration,
                    path,
                    format!("{configuration}: webhook {} must answer before a pod of kube-system starts, even when it is down itself", webhook.name),
                );
            }
        }
    }
}

/// Runs in the cluster, refuses what it cannot look at, and is not narrowed to some objects.
fn must_answer(webhook: &Webhook) -> bool {
    let is_narrow = webhook.object_selector.as_ref().is_some_and(|it| !it.is_empty()) || !webhook.match_conditions.is_empty();
    // Fail is the default of admissionregistration.k8s.io/v1.
    webhook.client_config.service.is_some() && webhook.failure_policy.as_deref() != Some("Ignore") && !is_narrow
}

fn creates_pods(rule: &WebhookRule) -> bool {
    let has = |list: &[Text], words: &[&str]| list.iter().any(|it| words.contains(&it.as_str()));
    has(&rule.api_groups, &["", "*"]) && has(&rule.operations, &["CREATE", "*"]) && has(&rule.resources, &["pods", "*", "*/*"])
}
