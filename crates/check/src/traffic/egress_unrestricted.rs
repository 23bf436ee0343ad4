//! Isolation of what comes in is half of it.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Object, Workload};
use seatrial_report::{Confidence, Severity};

use super::isolation::{is_governable, other_engine};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "egress-unrestricted",
    rows: &[Row::NetworkPolicies],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies],
    title: "No network policy limits where the workload connects to",
    why: "Whoever takes over one of its pods may scan the network and send data anywhere.",
    verify: "kubectl describe networkpolicies -n NAMESPACE",
    fix: "Add Egress to policyTypes, and allow DNS, the Pod Identity agent and what the workload calls.",
    sources: &["Kubernetes documentation, network policies: the two sorts of pod isolation"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: v1
kind: Pod
metadata:
  name: api #~ egress-unrestricted
  labels: {app: api}
spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    run: Run::Workload(run),
    repair: None,
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let policies = cx.graph.policies_of(workload);
    // A workload without any policy is a finding of another check.
    let Some(first) = policies.first().filter(|_| is_governable(workload) && other_engine(cx, workload.meta.ns()).is_none()) else { return };
    out.assess();
    if !policies.iter().any(|it| it.governs_egress()) {
        out.report(workload, "metadata.name", format!("{workload}: its network policies limit only what comes in; its pods may connect to anything")).related(
            *first,
            "spec.policyTypes",
            "ingress only",
        );
    }
}
