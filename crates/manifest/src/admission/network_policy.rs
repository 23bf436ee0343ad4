//! NetworkPolicies.

use super::judge::Judge;
use super::selectors::selector;
use super::syntax;
use crate::at::At;
use crate::scalar::Scalar;

/// Judges a NetworkPolicy's spec.
pub(super) fn judge(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    selector(it, &spec.key("podSelector"));
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.key(rules).items() {
            rule.key("ports").items().for_each(|port| self::port(it, &port));
            rule.key(peers).items().for_each(|peer| self::peer(it, &peer));
        }
    }
    let types = spec.key("policyTypes");
    if types.count() > 2 {
        it.refuse(&types, "`policyTypes` must have at most 2 entries");
    }
    for kind in types.items() {
        it.one_of(&kind, &["Ingress", "Egress"]);
    }
}

fn port(it: &mut Judge<'_>, at: &At<'_, '_>) {
    let (port, end) = (at.key("port"), at.key("endPort"));
    it.one_of(&at.key("protocol"), &["TCP", "UDP", "SCTP"]);
    it.port(&port);
    match (end.int(), port.scalar()) {
        (None, _) => {}
        (Some(end_port), Some(Scalar::Int(it_port))) if end_port < it_port || end_port > 65_535 => {
            it.refuse(&end, "`endPort` must be at least `port` and at most 65535")
        }
        (Some(_), Some(Scalar::Int(_))) => {}
        (Some(_), _) => it.refuse(&end, "`endPort` needs a numeric `port`"),
    }
}

fn peer(it: &mut Judge<'_>, at: &At<'_, '_>) {
    let (pods, spaces, block) = (at.key("podSelector"), at.key("namespaceSelector"), at.key("ipBlock"));
    selector(it, &pods);
    selector(it, &spaces);
    let selects = pods.is_set() || spaces.is_set();
    if !selects && !block.is_set() {
        it.refuse(at, "a peer must have a `podSelector`, a `namespaceSelector` or an `ipBlock`");
    }
    if selects && block.is_set() {
        it.refuse(&block, "`ipBlock` must not stand beside a selector");
    }
    it.notation(&block.key("cidr"), syntax::is_cidr, "a network such as 10.0.0.0/8");
    for except in block.key("except").items() {
        it.notation(&except, syntax::is_cidr, "a network such as 10.0.0.0/8");
    }
}
