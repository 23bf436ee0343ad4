//! The Service of an admission webhook must exist.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::cluster::find;
use seatrial_model::kinds::access::WebhookConfiguration;

pub static CHECK: Check = Check {
    id: "webhook-service-missing",
    rows: &[Row::UpgradePlan, Row::RecoveryFailure],
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
        let mut missing: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (at, webhook) in configuration.webhooks.iter().enumerate() {
            let Some(service) = &webhook.client_config.service else { continue };
            out.assess();
            if find(&cx.cluster.services, &service.namespace, &service.name).is_none() {
                missing.entry((&service.namespace, &service.name)).or_default().push(at);
            }
        }
        for ((ns, name), places) in missing {
            report(cx, configuration, &format!("{ns}/{name}"), &places, out);
        }
    }
}

fn report(cx: &Cx<'_>, configuration: &Object<WebhookConfiguration>, service: &str, places: &[usize], out: &mut Findings) {
    let refuses = |at: &&usize| configuration.webhooks[**at].failure_policy.as_deref() != Some("Ignore");
    let Some(worst) = places.iter().find(refuses).or(places.first()) else { return };
    let ignored = places.iter().filter(refuses).count() == 0;
    let consequence = if ignored { "so its policy is not applied" } else { "so every request that it guards is refused" };
    let names: Vec<&str> = places.iter().map(|at| configuration.webhooks[*at].name.as_str()).collect();
    let path = Path::of("webhooks").index(*worst).join("clientConfig.service");
    out.report(configuration, path, format!("{configuration}: its Service {service} is not there, {consequence}"))
        .severity(if ignored { Severity::Low } else { Severity::High })
        // In manifests it may come from a chart that is not among the inputs.
        .confidence(if cx.is_live() { Confidence::High } else { Confidence::Medium })
        .evidence(format!("webhooks: {}", names.join(", ")));
}
