//! A network policy must select pods.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::in_namespace;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use super::unplaced::unplaced_workloads;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "network-policy-selects-nothing",
    rows: &[Row::NetworkPolicies, Row::ValidReferences],
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies],
    title: "A network policy selects no pods",
    why: "It reads as protection and protects nothing: the pods that were meant stay open.",
    verify: "kubectl get pods -n NAMESPACE -l KEY=VALUE   # the policy's podSelector",
    fix: "Make podSelector equal to labels of the pods' template, in the namespace of the pods.",
    sources: &["Kubernetes API reference, NetworkPolicySpec: podSelector"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api}
spec:
  podSelector: {matchLabels: {app: apii}} #~ network-policy-selects-nothing
---
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api}
spec:
  podSelector: {matchLabels: {app: api}}
---
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    run: Run::InCluster(&[Need::Pods], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for policy in cx.cluster.network_policies.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        let selector = &policy.spec.pod_selector;
        // A default policy waits for pods to come.
        if selector.is_empty() {
            continue;
        }
        out.assess();
        let ns = policy.meta.ns();
        let running = || in_namespace(&cx.cluster.pods, ns).iter().any(|it| selector.matches(&it.meta.labels));
        let unplaced = || unplaced_workloads(cx.cluster, policy.meta.namespace.as_deref()).any(|it| selector.matches(it.pod_labels()));
        if !cx.graph.selected_by_policy(policy).is_empty() || running() || unplaced() {
            continue;
        }
        let found = out.report(policy, Path::of("spec.podSelector"), format!("{policy}: selects the pods of no workload, so it protects nothing"));
        let elsewhere = cx.cluster.workloads.iter().find(|it| it.meta.controller().is_none() && it.meta.ns() != ns && selector.matches(it.pod_labels()));
        if let Some(it) = elsewhere {
            found.related(it, "metadata.namespace", "matching pods are in another namespace");
        } else if !cx.is_live() && (in_namespace(&cx.cluster.workloads, ns).is_empty() || !in_namespace(&cx.cluster.others, ns).is_empty()) {
            // The pods may be in another repository, or an operator's.
            found.confidence(Confidence::Low);
        }
    }
}
