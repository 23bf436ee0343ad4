//! A namespace with workloads needs network policies.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::{find, in_namespace};
use seatrial_model::{Change, Edit, Need, Object, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::isolation::{is_governable, other_engine};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "network-policy-missing",
    rows: &[Row::NetworkPolicies, Row::PatternMultiTier],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies, Need::Namespaces],
    title: "A namespace has no network policy",
    why: "Every pod of the cluster may connect to every port of its pods: one that is broken into reaches them all.",
    verify: "kubectl get networkpolicies -A",
    fix: "Deny all by default, then allow DNS, the Pod Identity agent and the flows the application has.",
    sources: &["Guide, Production Readiness Checklist, Security: network policies", "Kubernetes documentation, network policies: default policies"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api #~ network-policy-missing
  namespace: shop
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for ns in cx.namespaces() {
        let workloads: Vec<_> = user_workloads(cx, ns).collect();
        let Some(first) = workloads.first() else { continue };
        out.assess();
        if !in_namespace(&cx.cluster.network_policies, ns).is_empty() || other_engine(cx, ns).is_some() {
            continue;
        }
        let pods = if workloads.len() == 1 { format!("the pods of {first}") } else { format!("the pods of its {} workloads", workloads.len()) };
        match find(&cx.cluster.namespaces, "default", ns) {
            Some(namespace) => {
                let message = format!("{namespace}: has no network policy, so every pod of the cluster reaches {pods}");
                out.report(namespace, "metadata.name", message).related(*first, "metadata.name", "its first workload");
            }
            None => drop(out.report(
                *first,
                "metadata.name",
                format!("{first}: its namespace {ns} has no network policy, so every pod of the cluster reaches {pods}"),
            )),
        }
    }
}

fn user_workloads<'a>(cx: &Cx<'a>, ns: &str) -> impl Iterator<Item = &'a Object<Workload>> {
    in_namespace(&cx.cluster.workloads, ns).iter().filter(|it| it.meta.controller().is_none() && is_governable(it))
}

/// Flows within the namespace stay allowed: only a person knows which of them are meant.
fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let ns = if found.object.kind == "Namespace" { Some(&found.object.name) } else { found.object.namespace.as_ref() };
    let namespace = ns.map(|it| format!("\n  namespace: {it}")).unwrap_or_default();
    let yaml = format!(
        "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny{namespace}
spec:
  podSelector: {{}}
  policyTypes:
    - Ingress
    - Egress
  ingress:
    - from:
        - podSelector: {{}}
  egress:
    - to:
        - podSelector: {{}}
    # DNS
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
    # EKS Pod Identity agent
    - to:
        - ipBlock:
            cidr: 169.254.170.23/32
      ports:
        - protocol: TCP
          port: 80
"
    );
    vec![Edit { origin, change: Change::Create { name: "default-deny-networkpolicy".to_owned(), yaml } }]
}
