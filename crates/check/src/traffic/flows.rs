//! Whether network policies let one end reach another: the union semantics of NetworkPolicy.
//!
//! Source: Kubernetes API reference, NetworkPolicySpec. A pod that no policy selects for a direction is open in it; of the policies that
//! do, one rule that matches is enough. A connection needs the sender's egress and the receiver's ingress.

use std::net::IpAddr;

use seatrial_model::cluster::find;
use seatrial_model::kinds::traffic::{IpBlock, NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule};
use seatrial_model::pod::ContainerPort;
use seatrial_model::{Cluster, IntOrString, LabelSelector, Labels, Object, Text, Workload};

/// Which way the judged pod's traffic goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into the pod.
    Ingress,
    /// Out of the pod.
    Egress,
}

/// A pod as policies see it.
#[derive(Clone, Copy, Debug)]
pub struct PodEnd<'a> {
    /// Its namespace.
    pub ns: &'a str,
    /// Its labels.
    pub labels: &'a Labels,
    /// Its ports, for rules that name one.
    pub ports: &'a [ContainerPort],
}

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub enum Peer<'a> {
    /// A pod that is known.
    Pod(PodEnd<'a>),
    /// Some pod of a namespace, its labels unknown.
    SomePodOf(&'a str),
    /// An address outside the cluster's pods.
    Address(IpAddr),
    /// Some address of the VPC: a load balancer's.
    Vpc,
}

/// Port and protocol of the connection's receiving end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// Number.
    pub number: i64,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: &'static str,
}

/// What policies say of a connection in one direction.
#[derive(Clone, Debug)]
pub enum Verdict<'a> {
    /// No policy governs the pod in this direction: all is allowed.
    Open,
    /// This policy allows it.
    Allowed(&'a Object<NetworkPolicy>),
    /// These policies govern the pod, and none allows it.
    Denied(Vec<&'a Object<NetworkPolicy>>),
}

impl Port {
    /// A TCP port.
    pub const fn tcp(number: i64) -> Self {
        Self { number, protocol: "TCP" }
    }

    /// A UDP port.
    pub const fn udp(number: i64) -> Self {
        Self { number, protocol: "UDP" }
    }
}

impl<'a> PodEnd<'a> {
    /// The pods of a workload; ports are those of its first container that has any.
    pub fn of(workload: &'a Object<Workload>) -> Self {
        let ports = workload.pod().containers.iter().map(|it| it.ports.as_slice()).find(|it| !it.is_empty()).unwrap_or_default();
        Self { ns: workload.meta.ns(), labels: workload.pod_labels(), ports }
    }
}

impl<'a> Verdict<'a> {
    /// The policy that allows the connection.
    pub fn allowed_by(self) -> Option<&'a Object<NetworkPolicy>> {
        match self {
            Verdict::Allowed(by) => Some(by),
            Verdict::Open | Verdict::Denied(_) => None,
        }
    }

    /// The policies that deny the connection.
    pub fn denied_by(self) -> Option<Vec<&'a Object<NetworkPolicy>>> {
        match self {
            Verdict::Denied(by) => Some(by),
            Verdict::Open | Verdict::Allowed(_) => None,
        }
    }
}

/// Judges a connection of the pod that `policies` select.
pub fn judge<'a>(cluster: &Cluster, policies: &[&'a Object<NetworkPolicy>], own: &PodEnd<'_>, direction: Direction, peer: Peer<'_>, port: Port) -> Verdict<'a> {
    let governing: Vec<_> = policies.iter().copied().filter(|it| governs(it, direction)).collect();
    if governing.is_empty() {
        return Verdict::Open;
    }
    // A named port is a port of the receiving pod.
    let receiver = match (direction, peer) {
        (Direction::Ingress, _) => own.ports,
        (Direction::Egress, Peer::Pod(it)) => it.ports,
        (Direction::Egress, _) => &[],
    };
    let allows = |policy: &&Object<NetworkPolicy>| {
        rules(policy, direction).iter().any(|it| allows_peer(cluster, policy, it, direction, peer) && allows_port(&it.ports, port, receiver))
    };
    match governing.iter().find(|it| allows(it)) {
        Some(it) => Verdict::Allowed(it),
        None => Verdict::Denied(governing),
    }
}

/// Whether the policy governs a direction.
pub fn governs(policy: &NetworkPolicy, direction: Direction) -> bool {
    match direction {
        Direction::Ingress => policy.governs_ingress(),
        Direction::Egress => policy.governs_egress(),
    }
}

/// Its rules of a direction.
pub fn rules(policy: &NetworkPolicy, direction: Direction) -> &[PolicyRule] {
    match direction {
        Direction::Ingress => policy.ingress_rules(),
        Direction::Egress => policy.egress_rules(),
    }
}

/// The peers of a rule in a direction.
pub fn peers(rule: &PolicyRule, direction: Direction) -> &[PolicyPeer] {
    match direction {
        Direction::Ingress => &rule.from,
        Direction::Egress => &rule.to,
    }
}

fn allows_peer(cluster: &Cluster, policy: &Object<NetworkPolicy>, rule: &PolicyRule, direction: Direction, peer: Peer<'_>) -> bool {
    let listed = peers(rule, direction);
    listed.is_empty() || listed.iter().any(|it| is_peer(cluster, policy.meta.ns(), it, peer))
}

/// Whether `peer` is one that a policy of namespace `ns` lists.
pub fn is_peer(cluster: &Cluster, ns: &str, listed: &PolicyPeer, peer: Peer<'_>) -> bool {
    if let Some(block) = &listed.ip_block {
        return match peer {
            Peer::Address(it) => block_covers(block, it),
            // The VPC CNI gives pods addresses of the VPC; which ones is not known, so a private block may cover them.
            Peer::Pod(_) | Peer::SomePodOf(_) | Peer::Vpc => may_cover_private(block),
        };
    }
    let (peer_ns, labels) = match peer {
        Peer::Pod(it) => (it.ns, Some(it.labels)),
        Peer::SomePodOf(it) => (it, None),
        Peer::Address(_) | Peer::Vpc => return false,
    };
    let namespace = match &listed.namespace_selector {
        Some(it) => namespace_matches(cluster, it, peer_ns),
        None => ns == peer_ns,
    };
    namespace && listed.pod_selector.as_ref().is_none_or(|it| labels.is_none_or(|labels| it.matches(labels)))
}

const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Whether a namespace selector selects `ns`. Of a namespace that is not among the inputs only its name is known: other conditions count as met.
pub fn namespace_matches(cluster: &Cluster, selector: &LabelSelector, ns: &str) -> bool {
    // Namespaces have no namespace: joins find them under `default`.
    let known = find(&cluster.namespaces, "default", ns);
    let mut labels = known.map(|it| it.meta.labels.clone()).unwrap_or_default();
    labels.insert(Text::new(NAME_LABEL), Text::new(ns));
    if known.is_some() {
        return selector.matches(&labels);
    }
    let by_name = selector.match_labels.get(NAME_LABEL).is_none_or(|it| it == ns);
    by_name && selector.match_expressions.iter().filter(|it| it.key == NAME_LABEL).all(|it| it.matches(&labels))
}

fn allows_port(ports: &[PolicyPort], wanted: Port, receiver: &[ContainerPort]) -> bool {
    ports.is_empty() || ports.iter().any(|it| is_port(it, wanted, receiver))
}

fn is_port(it: &PolicyPort, wanted: Port, receiver: &[ContainerPort]) -> bool {
    if it.protocol.as_deref().unwrap_or("TCP") != wanted.protocol {
        return false;
    }
    match &it.port {
        None => true,
        Some(IntOrString::Int(from)) => (*from..=it.end_port.unwrap_or(*from)).contains(&wanted.number),
        Some(IntOrString::Str(name)) => receiver.iter().any(|it| it.name.as_ref() == Some(name) && it.container_port == wanted.number),
    }
}

/// Whether the block covers the address, exceptions taken out.
pub fn block_covers(block: &IpBlock, it: IpAddr) -> bool {
    cidr_covers(&block.cidr, it) && !block.except.iter().any(|except| cidr_covers(except, it))
}

/// Whether the block covers every address of a family.
pub fn is_everywhere(block: &IpBlock) -> bool {
    block.except.is_empty() && matches!(block.cidr.as_str(), "0.0.0.0/0" | "::/0")
}

fn cidr_covers(cidr: &str, it: IpAddr) -> bool {
    let Some((network, bits)) = parse_cidr(cidr) else { return false };
    let (network, it, width) = match (network, it) {
        (IpAddr::V4(network), IpAddr::V4(it)) => (u128::from(network.to_bits()), u128::from(it.to_bits()), 32),
        (IpAddr::V6(network), IpAddr::V6(it)) => (network.to_bits(), it.to_bits(), 128),
        _ => return false,
    };
    let shift = width - bits.min(width);
    shift >= 128 || network >> shift == it >> shift
}

fn parse_cidr(cidr: &str) -> Option<(IpAddr, u32)> {
    let (network, bits) = cidr.split_once('/')?;
    Some((network.parse().ok()?, bits.parse().ok()?))
}

/// Whether the block has addresses that a VPC may have: private ones, or the wide blocks around them.
fn may_cover_private(block: &IpBlock) -> bool {
    const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
    match parse_cidr(&block.cidr) {
        Some((network @ IpAddr::V4(_), _)) => {
            PRIVATE.iter().any(|it| cidr_covers(it, network) || parse_cidr(it).is_some_and(|p| cidr_covers(&block.cidr, p.0)))
        }
        // Addresses of an IPv6 VPC are public ones.
        Some((IpAddr::V6(_), _)) => true,
        // A placeholder or an invalid block: what it covers is not known.
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_model::Graph;
    use seatrial_testkit::Fixture;

    const PODS: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: web, labels: {tier: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: web, labels: {app: client}}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Pod
metadata: {name: server, namespace: data, labels: {app: server}}
spec: {containers: [{name: c, image: i, ports: [{name: sql, containerPort: 5432}]}]}
---
";

    /// Whether the policy's spec lets the client reach the server's port.
    fn reaches(spec: &str, direction: Direction, port: Port) -> &'static str {
        let ns = if direction == Direction::Ingress { "data" } else { "web" };
        let fixture =
            Fixture::new(&format!("{PODS}apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: {ns}}}\nspec: {spec}\n"));
        let cluster = &fixture.snapshot.cluster;
        let graph = Graph::new(cluster);
        let (Some(client), Some(server)) = (find(&cluster.workloads, "web", "client"), find(&cluster.workloads, "data", "server")) else { return "no pods" };
        let (own, peer) = if direction == Direction::Ingress { (server, client) } else { (client, server) };
        match judge(cluster, &graph.policies_of(own), &PodEnd::of(own), direction, Peer::Pod(PodEnd::of(peer)), port) {
            Verdict::Open => "open",
            Verdict::Allowed(_) => "allowed",
            Verdict::Denied(_) => "denied",
        }
    }

    #[test]
    fn one_rule_that_matches_is_enough() {
        use Direction::{Egress, Ingress};
        let table = [
            ("{podSelector: {}}", Ingress, "denied"),
            ("{podSelector: {}}", Egress, "open"),
            ("{podSelector: {}, ingress: []}", Ingress, "denied"),
            ("{podSelector: {}, ingress: [{}]}", Ingress, "allowed"),
            ("{podSelector: {matchLabels: {app: other}}}", Ingress, "open"),
            ("{podSelector: {}, policyTypes: [Egress]}", Ingress, "open"),
            ("{podSelector: {}, policyTypes: [Egress]}", Egress, "denied"),
            ("{podSelector: {}, egress: [{to: []}]}", Egress, "allowed"),
            ("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}", Ingress, "denied"),
            ("{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}", Ingress, "allowed"),
            ("{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {tier: web}}}]}]}", Ingress, "allowed"),
            ("{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {tier: ops}}}]}]}", Ingress, "denied"),
            ("{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: client}}}]}]}", Ingress, "allowed"),
            ("{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: x}}}]}]}", Ingress, "denied"),
            ("{podSelector: {}, egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: data}}}]}]}", Egress, "allowed"),
            ("{podSelector: {}, ingress: [{ports: [{port: 5432}]}]}", Ingress, "allowed"),
            ("{podSelector: {}, ingress: [{ports: [{port: 80}]}]}", Ingress, "denied"),
            ("{podSelector: {}, ingress: [{ports: [{port: 5432, protocol: UDP}]}]}", Ingress, "denied"),
            ("{podSelector: {}, ingress: [{ports: [{port: sql}]}]}", Ingress, "allowed"),
            ("{podSelector: {}, ingress: [{ports: [{port: http}]}]}", Ingress, "denied"),
            ("{podSelector: {}, ingress: [{ports: [{port: 5000, endPort: 6000}]}]}", Ingress, "allowed"),
            ("{podSelector: {}, egress: [{ports: [{port: sql}]}]}", Egress, "allowed"),
            ("{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 8.8.8.0/24}}]}]}", Egress, "denied"),
            ("{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/16}}]}]}", Egress, "allowed"),
        ];
        for (spec, direction, wanted) in table {
            assert_eq!(reaches(spec, direction, Port::tcp(5432)), wanted, "{direction:?} {spec}");
        }
    }

    #[test]
    fn exceptions_are_taken_out_of_a_block() {
        let block = IpBlock { cidr: "0.0.0.0/0".into(), except: vec!["169.254.0.0/16".into()] };
        assert!(!block_covers(&block, IpAddr::from([169, 254, 170, 23])));
        assert!(block_covers(&block, IpAddr::from([10, 0, 0, 1])));
        assert!(!is_everywhere(&block));
        let six = IpBlock { cidr: "fd00:ec2::/32".into(), except: Vec::new() };
        assert!(block_covers(&six, IpAddr::from([0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x23])));
        assert!(!block_covers(&six, IpAddr::from([10, 0, 0, 1])));
    }
}
