//! Where a namespace uses network policies, each of its workloads should be governed by one.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::in_namespace;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::data_tier::data_of;
use super::isolation::{is_governable, other_engine};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "workload-not-isolated",
    rows: &[Row::NetworkPolicies, Row::PatternMultiTier],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies],
    title: "No network policy governs the workload",
    why: "The namespace limits traffic, but not of these pods: they are the open door beside the locked one.",
    verify: "kubectl describe networkpolicies -n NAMESPACE",
    fix: "Add a policy with an empty podSelector that denies by default, then allow what the workload needs.",
    sources: &["Kubernetes documentation, network policies: the two sorts of pod isolation"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {matchLabels: {app: web}}, ingress: []}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: app, image: registry/web:1.0}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: api #~ workload-not-isolated
  labels: {app: api}
spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny}
spec: {podSelector: {}}
---
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for ns in cx.namespaces() {
        if !in_namespace(&cx.cluster.network_policies, ns).is_empty() && other_engine(cx, ns).is_none() {
            judge_namespace(cx, ns, out);
        }
    }
}

/// What is missing is one default policy for the namespace: one finding, however many workloads stand open.
fn judge_namespace(cx: &Cx<'_>, ns: &str, out: &mut Findings) {
    // Stores are a finding of their own, and a worse one.
    let governable: Vec<_> =
        in_namespace(&cx.cluster.workloads, ns).iter().filter(|it| it.meta.controller().is_none() && is_governable(it) && data_of(it).is_none()).collect();
    if governable.is_empty() {
        return;
    }
    out.assess();
    let open: Vec<_> = governable.into_iter().filter_map(|it| Some((it, openness(cx, it)?))).collect();
    let Some((first, (severity, what))) = open.iter().min_by_key(|(_, (severity, _))| *severity) else { return };
    let others = if open.len() > 1 { format!("; {} more workloads of namespace {ns} stand open too", open.len() - 1) } else { String::new() };
    let found = out.report(*first, "metadata.name", format!("{first}: {what}{others}"));
    found.severity(*severity).evidence(format!("{} network policies in namespace {ns}", in_namespace(&cx.cluster.network_policies, ns).len()));
    for (it, (_, what)) in open.iter().filter(|(it, _)| it.origin != first.origin).take(20) {
        found.related(*it, "metadata.name", *what);
    }
}

/// How open a workload is, if it is. Jobs wait for nobody: what reaches them finds no port open.
fn openness(cx: &Cx<'_>, workload: &Object<Workload>) -> Option<(Severity, &'static str)> {
    let policies = cx.graph.policies_of(workload);
    if policies.is_empty() {
        let severity = if workload.is_batch() { Severity::Low } else { Severity::Medium };
        return Some((severity, "no network policy selects its pods, so nothing limits their traffic"));
    }
    let inward = workload.is_batch() || policies.iter().any(|it| it.governs_ingress());
    (!inward).then_some((Severity::Low, "its network policies limit only what its pods send, so every pod of the cluster reaches them"))
}
