//! A pod whose egress is limited must still reach DNS.

use std::net::IpAddr;

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::NetworkPolicy;
use seatrial_model::pod::ContainerPort;
use seatrial_model::{Change, Edit, Labels, Need, Object, Path, Text, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use super::data_tier::data_of;
use super::flows::{Direction, Peer, PodEnd, Port, Verdict, judge};
use super::isolation::{is_for_want_of_another, is_governable, other_engine};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "network-policy-blocks-dns",
    rows: &[Row::NetworkPolicies, Row::PatternMultiTier],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies, Need::Namespaces],
    title: "Network policies cut pods off from DNS",
    why: "No name resolves, inside or outside the cluster: the pods start, and every connection by name fails.",
    verify: "kubectl exec POD -- nslookup kubernetes.default",
    fix: "Allow egress to the kube-dns pods of kube-system on port 53, UDP and TCP.",
    sources: &["Kubernetes documentation, debugging DNS resolution", "EKS best practices guide, security: network policies, allow DNS"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api}
spec:
  podSelector: {matchLabels: {app: api}}
  egress: #~ network-policy-blocks-dns
  - ports: [{port: 443}]
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
  egress:
  - ports: [{port: 443}]
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
    ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
---
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    run: Run::Workload(run),
    repair: Some((Safety::Unsafe, repair)),
};

fn run(cx: &Cx<'_>, workload: &Object<Workload>, out: &mut Findings) {
    let policies = cx.graph.policies_of(workload);
    let governed = policies.iter().any(|it| it.governs_egress());
    // Pods with a resolver of their own, and a store that only answers, ask nobody.
    if !governed || !is_governable(workload) || workload.pod().dns_policy.as_deref() == Some("None") || other_engine(cx, workload.meta.ns()).is_some() {
        return;
    }
    let has_rules = policies.iter().any(|it| !it.egress_rules().is_empty());
    // A store that may send nothing at all is closed on purpose: it only answers.
    if !has_rules && data_of(workload).is_some() {
        return;
    }
    out.assess();
    let ask = |port| ask(cx, workload, &policies, port);
    let (udp, tcp) = (ask(Port::udp(53)), ask(Port::tcp(53)));
    match (udp, tcp) {
        (Verdict::Denied(_), _) => {
            let Some(owner) = owner(&policies).filter(|it| !is_for_want_of_another(cx, it)) else { return };
            let found = report(owner, workload, "cannot ask DNS (UDP 53), so no name resolves in its pods", Severity::High, out);
            if !has_rules {
                found.confidence(Confidence::Medium);
            }
        }
        (udp, Verdict::Denied(_)) => {
            let Some(owner) = udp.allowed_by() else { return };
            report(owner, workload, "may ask DNS by UDP but not by TCP, so answers too long for one packet are lost", Severity::Low, out);
        }
        _ => {}
    }
}

fn report<'a>(owner: &Object<NetworkPolicy>, workload: &Object<Workload>, message: &str, severity: Severity, out: &'a mut Findings) -> &'a mut Draft {
    let path = if owner.spec.egress.is_some() { Path::of("spec.egress") } else { Path::of("spec.policyTypes") };
    out.report(owner, path, format!("{owner}: {workload} {message}"))
        .related(workload, workload.template_path().join("metadata.labels"), "these pods are selected")
        .severity(severity)
}

/// The policy to mend: the narrowest that allows some egress, else the one that denies all.
fn owner<'a>(policies: &[&'a Object<NetworkPolicy>]) -> Option<&'a Object<NetworkPolicy>> {
    let governing = || policies.iter().copied().filter(|it| it.governs_egress());
    governing()
        .find(|it| !it.egress_rules().is_empty() && !it.spec.pod_selector.is_empty())
        .or_else(|| governing().find(|it| !it.egress_rules().is_empty()))
        .or_else(|| governing().next())
}

/// What policies say of a question to kube-dns, or to the NodeLocal DNSCache on its link-local address.
fn ask<'a>(cx: &Cx<'_>, workload: &Object<Workload>, policies: &[&'a Object<NetworkPolicy>], port: Port) -> Verdict<'a> {
    let labels: Labels = [("k8s-app", "kube-dns"), ("eks.amazonaws.com/component", "coredns")].map(|(k, v)| (Text::new(k), Text::new(v))).into_iter().collect();
    let named =
        |name: &str, protocol: &str| ContainerPort { name: Some(name.into()), container_port: 53, protocol: Some(protocol.into()), ..ContainerPort::default() };
    let ports = [named("dns", "UDP"), named("dns-tcp", "TCP")];
    let kube_dns = Peer::Pod(PodEnd { ns: "kube-system", labels: &labels, ports: &ports });
    let node_local = Peer::Address(IpAddr::from([169, 254, 20, 10]));
    let own = PodEnd::of(workload);
    match judge(cx.cluster, policies, &own, Direction::Egress, kube_dns, port) {
        Verdict::Denied(_) => judge(cx.cluster, policies, &own, Direction::Egress, node_local, port),
        allowed => allowed,
    }
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    let Some(origin) = found.origin else { return Vec::new() };
    let yaml = "to:
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
";
    vec![Edit { origin, change: Change::Append { path: Path::of("spec.egress"), yaml: yaml.to_owned() } }]
}
