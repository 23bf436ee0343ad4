//! Databases and caches must be closed to namespaces that have no business with them.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::in_namespace;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::data_tier::data_of;
use super::isolation::{is_governable, other_engine};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "data-tier-open",
    rows: &[Row::PatternMultiTier, Row::NetworkPolicies],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies],
    title: "Any pod of the cluster reaches a database or cache",
    why: "Other tiers are separated by policies, the data is not: whichever pod is broken into talks to it directly.",
    verify: "kubectl describe networkpolicies -n NAMESPACE",
    fix: "Add a policy that selects the store and lets in only the workloads that use it, on its port.",
    sources: &["Guide, Pattern 5: use NetworkPolicies to restrict traffic between tiers"],
    bad: "
apiVersion: v1
kind: Pod
metadata:
  name: db #~ data-tier-open
  namespace: data
  labels: {app: db}
spec: {containers: [{name: db, image: 'postgres:17.2'}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: data}
spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]}
",
    good: "
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec: {containers: [{name: db, image: 'postgres:17.2'}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: data}
spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let ns = workload.meta.ns();
    let Some(data) = data_of(workload).filter(|_| is_governable(workload)) else { return };
    // A namespace without any policy is one finding, for all that is in it.
    if in_namespace(&cx.cluster.network_policies, ns).is_empty() || other_engine(cx, ns).is_some() {
        return;
    }
    out.assess();
    if !cx.graph.policies_of(workload).iter().any(|it| it.governs_ingress()) {
        out.report(workload, "metadata.name", format!("{workload}: no network policy limits who reaches {data}, so every pod of the cluster does"));
    }
}
