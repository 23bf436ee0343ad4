//! The Service of an admission webhook must exist.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use seatrial_model::cluster::find;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "webhook-service-missing",
    rows: &[Row::UpgradePlan, Row::RecoveryFailure, Row::ValidReferences],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Webhooks, Need::Services],
    title: "An admission webhook calls a Service that does not exist",
    why: "Every request that it guards is refused, so neither rollouts nor replacements of failed pods go through.",
    verify: "kubectl get services -n NAMESPACE NAME",
    fix: "Deploy the Service, or delete the webhook configuration that an uninstall left behind.",
    sources: &["Kubernetes documentation, dynamic admission control: failure policy"],
    bad: "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: policy}
webhooks:
- name: pods.policy.io
  failurePolicy: Fail
  namespaceSelector:
    matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, policy]}]
  rules: [{apiGroups: [\"\"], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  clientConfig: {service: {namespace: policy, name: gone}} #~ webhook-service-missing
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

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for configuration in &cx.cluster.webhooks {
        for (at, webhook) in configuration.webhooks.iter().enumerate() {
            let Some(service) = &webhook.client_config.service else { continue };
            out.assess();
            if find(&cx.cluster.services, &service.namespace, &service.name).is_some() {
                continue;
            }
            let ignored = webhook.failure_policy.as_deref() == Some("Ignore");
            let consequence = if ignored { "so its policy is not applied" } else { "so every request that it guards is refused" };
            let path = Path::of("webhooks").index(at).join("clientConfig.service");
            out.report(configuration, path, format!("{configuration}: Service {}/{} of webhook {} is not there, {consequence}", service.namespace, service.name, webhook.name))
                .severity(if ignored { Severity::Low } else { Severity::High })
                .confidence(if cx.is_live() { Confidence::High } else { Confidence::Medium });
        }
    }
}
