//! Services.

use super::judge::Judge;
use super::selectors::labels;
use super::syntax;
use crate::at::At;

/// The annotation that older controllers read instead of `loadBalancerSourceRanges`.
const RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

/// Judges a Service.
pub(super) fn service(it: &mut Judge<'_>, object: &At<'_, '_>) {
    let spec = object.key("spec");
    let kind = spec.key("type");
    it.one_of(&kind, &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]);
    let (is_balancer, is_name) = (kind.str() == "LoadBalancer", kind.str() == "ExternalName");
    labels(it, &spec.key("selector"));
    cluster_ip(it, &spec, kind.str());
    ports(it, &spec, kind.str());
    if is_name {
        let name = spec.key("externalName");
        it.require(&name, "which name it stands for");
        it.notation(&name, |it| syntax::is_subdomain(it.strip_suffix('.').unwrap_or(it)), syntax::SUBDOMAIN);
        for field in ["ipFamilies", "ipFamilyPolicy"] {
            it.forbid(&spec.key(field), "with `type: ExternalName`");
        }
    }
    affinity(it, &spec);
    families(it, &spec);
    ranges(it, object, &spec, is_balancer);
    traffic(it, &spec, kind.str());
    for address in spec.key("externalIPs").items() {
        it.notation(&address, syntax::is_ip, "an IP address");
    }
    if !is_balancer {
        for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
            it.forbid(&spec.key(field), "unless `type` is LoadBalancer");
        }
    }
    it.qualified_name(&spec.key("loadBalancerClass"));
}

fn cluster_ip(it: &mut Judge<'_>, spec: &At<'_, '_>, kind: &str) {
    let (one, all) = (spec.key("clusterIP"), spec.key("clusterIPs"));
    it.notation(&one, |it| it == "None" || syntax::is_ip(it), "an IP address or `None`");
    if one.str() == "None" && matches!(kind, "LoadBalancer" | "NodePort") {
        it.refuse(&one, format!("`clusterIP: None` must not be set with `type: {kind}`"));
    }
    if kind == "ExternalName" && !one.is_empty() {
        it.refuse(&one, "`clusterIP` must not be set with `type: ExternalName`");
    }
    if one.is_empty() && !all.is_empty() {
        it.refuse(&all, "`clusterIPs` must not be set without `clusterIP`");
    }
    if let (Some(first), false) = (all.items().next().map(|it| it.str()), one.is_empty())
        && first != one.str()
    {
        it.refuse(&all, "the first of `clusterIPs` must equal `clusterIP`");
    }
    if all.count() > 2 {
        it.refuse(&all, "`clusterIPs` must have at most 2 entries");
    }
}

fn ports(it: &mut Judge<'_>, spec: &At<'_, '_>, kind: &str) {
    let (ports, address) = (spec.key("ports"), spec.key("clusterIP"));
    if address.str() != "None" && kind != "ExternalName" {
        it.require(&ports, "which ports it serves, unless it is headless");
    }
    it.unique(&ports, "name");
    let mut seen: Vec<(i64, &str)> = Vec::new();
    for port in ports.items() {
        let name = port.key("name");
        if ports.count() > 1 {
            it.require(&name, "with more than one port each needs a name");
        }
        it.label(&name);
        it.range(&port.key("port"), 1, 65_535);
        it.one_of(&port.key("protocol"), &["TCP", "UDP", "SCTP"]);
        let target = port.key("targetPort");
        // Zero and an empty name stand for the service's own port.
        if target.int() != Some(0) && !target.is_empty() {
            it.port(&target);
        }
        it.range(&port.key("nodePort"), 0, 65_535);
        let protocol = port.key("protocol").text().unwrap_or("TCP");
        let Some(number) = port.key("port").int() else { continue };
        if seen.contains(&(number, protocol)) {
            it.refuse(&port, format!("port {number}/{protocol} stands twice"));
        }
        seen.push((number, protocol));
        if matches!(kind, "" | "ClusterIP") && port.key("nodePort").int().is_some_and(|it| it != 0) {
            it.refuse(&port.key("nodePort"), "`nodePort` must not be set with `type: ClusterIP`");
        }
    }
}

fn affinity(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    let (affinity, config) = (spec.key("sessionAffinity"), spec.key("sessionAffinityConfig"));
    it.one_of(&affinity, &["ClientIP", "None"]);
    // Without this affinity the server drops the configuration.
    if affinity.str() != "ClientIP" {
        return;
    }
    it.range(&config.key("clientIP").key("timeoutSeconds"), 1, 86_400);
}

fn families(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    for family in spec.key("ipFamilies").items() {
        it.one_of(&family, &["IPv4", "IPv6"]);
    }
    it.one_of(&spec.key("ipFamilyPolicy"), &["SingleStack", "PreferDualStack", "RequireDualStack"]);
}

fn ranges(it: &mut Judge<'_>, object: &At<'_, '_>, spec: &At<'_, '_>, is_balancer: bool) {
    let what = "a network such as 10.0.0.0/8";
    let ranges = spec.key("loadBalancerSourceRanges");
    for range in ranges.items() {
        it.notation(&range, |it| syntax::is_cidr(it.trim()), what);
    }
    let metadata = object.key("metadata");
    let annotations = metadata.key("annotations");
    let annotation = annotations.key(RANGES);
    let written = if ranges.is_empty() { &annotation } else { &ranges };
    if written.is_set() && !is_balancer && written.count() + written.str().len() > 0 {
        it.refuse(written, format!("`{}` must not be set unless `type` is LoadBalancer", written.name()));
    }
    if ranges.is_empty() {
        it.notation(&annotation, |it| it.trim().split(',').all(|it| syntax::is_cidr(it.trim())), "networks such as 10.0.0.0/8, separated by commas");
    }
}

fn traffic(it: &mut Judge<'_>, spec: &At<'_, '_>, kind: &str) {
    let (external, health) = (spec.key("externalTrafficPolicy"), spec.key("healthCheckNodePort"));
    it.one_of(&external, &["Cluster", "Local"]);
    it.one_of(&spec.key("internalTrafficPolicy"), &["Cluster", "Local"]);
    let is_external = matches!(kind, "NodePort" | "LoadBalancer") || !spec.key("externalIPs").is_empty() && kind != "ExternalName";
    if !external.is_empty() && !is_external {
        it.refuse(&external, "`externalTrafficPolicy` must not be set unless `type` is NodePort or LoadBalancer");
    }
    if health.int().is_some_and(|it| it != 0) && !(kind == "LoadBalancer" && external.str() == "Local") {
        it.refuse(&health, "`healthCheckNodePort` needs `type: LoadBalancer` and `externalTrafficPolicy: Local`");
    }
    let mut ways = vec!["PreferClose"];
    if it.version.minor >= 34 {
        ways.extend(["PreferSameZone", "PreferSameNode"]);
    }
    it.one_of(&spec.key("trafficDistribution"), &ways);
}
