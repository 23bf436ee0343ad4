//! A policy for the whole namespace must not allow all that comes in.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::in_namespace;
use seatrial_model::kinds::traffic::{NetworkPolicy, PolicyRule};
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use super::data_tier::data_of;
use super::flows::is_everywhere;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "network-policy-allows-all",
    rows: &[Row::NetworkPolicies, Row::PatternMultiTier],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies],
    title: "A network policy lets everybody in",
    why: "Policies add up: one rule without a peer opens the pods to the whole cluster, whatever the others deny.",
    verify: "kubectl describe networkpolicy NAME -n NAMESPACE   # From: <any>",
    fix: "Name the callers in from, by podSelector and namespaceSelector, and the ports.",
    sources: &["Guide, Pattern 5: restrict traffic between tiers", "Kubernetes documentation, network policies: default policies"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open}
spec:
  podSelector: {}
  ingress:
  - {} #~ network-policy-allows-all
---
apiVersion: v1
kind: Pod
metadata: {name: db, labels: {app: db}}
spec: {containers: [{name: db, image: 'postgres:17.2'}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: api}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: db, labels: {app: db}}
spec: {containers: [{name: db, image: 'postgres:17.2'}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for policy in cx.cluster.network_policies.iter().filter(|it| it.governs_ingress() && !cx.is_platform(it.meta.ns())) {
        out.assess();
        let open = policy.ingress_rules().iter().enumerate().find_map(|(at, rule)| Some((at, openness(rule)?)));
        let Some((at, who)) = open else { continue };
        let path = Path::of("spec.ingress").index(at);
        let store = cx.graph.selected_by_policy(policy).into_iter().find_map(|it| Some((it, data_of(it)?)));
        if let Some((workload, data)) = store {
            let message = format!("{policy}: opens {data} of {workload} to {who}");
            out.report(policy, path, message).related(workload, "metadata.name", "the store").severity(Severity::High);
        } else if is_whole_namespace(cx, policy) && policy.ingress_rules()[at].ports.is_empty() && who != EVERY_NAMESPACE {
            out.report(
                policy,
                path,
                format!("{policy}: selects every pod of the namespace and opens every port to {who}, which no other policy can take back"),
            );
        }
    }
}

const EVERY_NAMESPACE: &str = "every namespace";

/// Whom a rule lets in, where that is everybody. A frontend may do so for its port; a store may not.
fn openness(rule: &PolicyRule) -> Option<&'static str> {
    if rule.from.is_empty() {
        return Some("everybody");
    }
    if rule.from.iter().filter_map(|it| it.ip_block.as_ref()).any(is_everywhere) {
        return Some("every address");
    }
    let all =
        rule.from.iter().any(|it| it.namespace_selector.as_ref().is_some_and(|it| it.is_empty()) && it.pod_selector.as_ref().is_none_or(|it| it.is_empty()));
    all.then_some(EVERY_NAMESPACE)
}

/// Alone in its namespace such a policy is a placeholder that opens nothing that was closed; it still stands for the missing ones.
fn is_whole_namespace(cx: &Cx<'_>, policy: &Object<NetworkPolicy>) -> bool {
    policy.spec.pod_selector.is_empty() && !in_namespace(&cx.cluster.workloads, policy.meta.ns()).is_empty()
}
