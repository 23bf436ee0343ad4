//! A flow that one end's policy names must be allowed by the other end too.

use std::collections::BTreeMap;

use seatrial_facts::guide::Row;
use seatrial_model::kinds::traffic::{NetworkPolicy, PolicyPeer, PolicyRule};
use seatrial_model::{IntOrString, Need, Object, Path, Workload};
use seatrial_report::{Confidence, Severity};

use super::flows::{Direction, Peer, PodEnd, Port, is_peer, judge, peers, rules};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "network-policy-one-sided",
    rows: &[Row::NetworkPolicies, Row::PatternMultiTier],
    severity: Severity::High,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Workloads, Need::NetworkPolicies, Need::Namespaces],
    title: "A flow is allowed at one end and denied at the other",
    why: "A connection needs the sender's egress and the receiver's ingress: written on one side only, it times out.",
    verify: "kubectl exec POD -- nc -zv SERVICE PORT",
    fix: "Add the rule to the other end's policy, or take out the one that is not meant.",
    sources: &["Kubernetes documentation, network policies: both ends must allow a connection"],
    bad: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
  - from:
    - podSelector: {matchLabels: {app: web}} #~ network-policy-one-sided
    ports: [{port: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  egress: [{ports: [{port: 53, protocol: UDP}, {port: 53}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec: {containers: [{name: app, image: registry/api:1.0, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: app, image: registry/web:1.0}]}
",
    good: "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {matchLabels: {app: web}}
  egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 8080}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec: {containers: [{name: app, image: registry/api:1.0, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: app, image: registry/web:1.0}]}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// Workloads by a label of their pods: a rule names few, and looking at all of them for each rule would be quadratic.
type ByLabel<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Object<Workload>>>;

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let mut by_label: ByLabel<'_> = BTreeMap::new();
    for it in cx.workloads() {
        for (key, value) in it.pod_labels().iter() {
            by_label.entry((key, value)).or_default().push(it);
        }
    }
    for policy in cx.cluster.network_policies.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        for direction in [Direction::Ingress, Direction::Egress] {
            for (r, rule) in rules(policy, direction).iter().enumerate() {
                for (p, peer) in peers(rule, direction).iter().enumerate() {
                    let (list, side) = if direction == Direction::Ingress { ("spec.ingress", "from") } else { ("spec.egress", "to") };
                    let path = Path::of(list).index(r).key(side).index(p);
                    judge_peer(cx, &Named { policy, direction, rule, peer }, &path, &by_label, out);
                }
            }
        }
    }
}

/// A flow as one end's policy names it.
struct Named<'a> {
    policy: &'a Object<NetworkPolicy>,
    direction: Direction,
    rule: &'a PolicyRule,
    peer: &'a PolicyPeer,
}

const MOST_LOOKED_AT: usize = 16;

fn judge_peer(cx: &Cx<'_>, named: &Named<'_>, path: &Path, by_label: &ByLabel<'_>, out: &mut Findings) {
    // Only a peer that is named by its labels is meant; wide rules are not a promise.
    let Some((key, value)) = named.peer.pod_selector.as_ref().and_then(|it| it.match_labels.iter().next()) else { return };
    // A pair or two shows the gap: looking at all of them would be quadratic for policies that select many.
    for other in by_label.get(&(key.as_str(), value.as_str())).into_iter().flatten().take(MOST_LOOKED_AT) {
        if !is_peer(cx.cluster, named.policy.meta.ns(), named.peer, Peer::Pod(PodEnd::of(other))) {
            continue;
        }
        let policies = cx.graph.policies_of(other);
        for own in cx.graph.selected_by_policy(named.policy).into_iter().take(MOST_LOOKED_AT) {
            out.assess();
            let (receiver, theirs) = if named.direction == Direction::Ingress { (own, Direction::Egress) } else { (*other, Direction::Ingress) };
            let Some(port) = port_of(named.rule, receiver) else { continue };
            let verdict = judge(cx.cluster, &policies, &PodEnd::of(other), theirs, Peer::Pod(PodEnd::of(own)), port);
            if let Some(by) = verdict.denied_by().and_then(|it| it.first().copied()) {
                report(named, path, own, other, port, by, out);
                return;
            }
        }
    }
}

/// The first port of the rule that the receiver has; of a rule for all ports, the receiver's first.
fn port_of(rule: &PolicyRule, receiver: &Object<Workload>) -> Option<Port> {
    let declared = || receiver.pod().containers.iter().flat_map(|it| &it.ports).filter(|it| it.protocol.as_deref().unwrap_or("TCP") == "TCP");
    if rule.ports.is_empty() {
        return declared().next().map(|it| Port::tcp(it.container_port));
    }
    let tcp = rule.ports.iter().filter(|it| it.protocol.as_deref().unwrap_or("TCP") == "TCP" && it.end_port.is_none());
    tcp.filter_map(|it| match &it.port {
        Some(IntOrString::Int(number)) => declared().any(|it| it.container_port == *number).then_some(Port::tcp(*number)),
        Some(IntOrString::Str(name)) => declared().find(|it| it.name.as_ref() == Some(name)).map(|it| Port::tcp(it.container_port)),
        None => declared().next().map(|it| Port::tcp(it.container_port)),
    })
    .next()
}

fn report(named: &Named<'_>, path: &Path, own: &Object<Workload>, other: &Object<Workload>, port: Port, by: &Object<NetworkPolicy>, out: &mut Findings) {
    let policy = named.policy;
    let message = match named.direction {
        Direction::Ingress => format!("{policy}: lets {other} in to {own} on port {}, but {by} does not let it out", port.number),
        Direction::Egress => format!("{policy}: lets {own} out to {other} on port {}, but {by} does not let it in", port.number),
    };
    let place = if named.direction == Direction::Ingress { "spec.egress" } else { "spec.ingress" };
    out.report(policy, path.clone(), message).related(by, place, "no rule here allows the other end");
}
