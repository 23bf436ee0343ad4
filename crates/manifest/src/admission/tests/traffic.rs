//! Services, ingresses, network policies, access.

use super::table;

#[test]
fn services() {
    let ports = "ports: [{port: 80}]";
    let with = |more: &str| format!("{ports}, {more}");
    let cases = [
        ("spec.ports", "selector: {a: b}".to_owned(), "clusterIP: None".to_owned()),
        ("spec.type", with("type: Public"), with("type: NodePort")),
        ("spec.clusterIP", with("clusterIP: x"), with("clusterIP: 10.0.0.1")),
        ("spec.clusterIP", with("type: LoadBalancer, clusterIP: None"), with("type: LoadBalancer")),
        ("spec.clusterIPs", with("clusterIP: 10.0.0.1, clusterIPs: [10.0.0.2]"), with("clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1]")),
        ("spec.externalName", "type: ExternalName".to_owned(), "type: ExternalName, externalName: a.b.".to_owned()),
        ("spec.ports[0].port", "ports: [{port: 0}]".to_owned(), ports.to_owned()),
        ("spec.ports[0].protocol", "ports: [{port: 1, protocol: HTTP}]".to_owned(), "ports: [{port: 1, protocol: UDP}]".to_owned()),
        ("spec.ports[0].targetPort", "ports: [{port: 1, targetPort: web_1}]".to_owned(), "ports: [{port: 1, targetPort: web}]".to_owned()),
        ("spec.ports[0].name", "ports: [{port: 1}, {port: 2, name: b}]".to_owned(), "ports: [{port: 1, name: a}, {port: 2, name: b}]".to_owned()),
        ("spec.ports[1].name", "ports: [{port: 1, name: a}, {port: 2, name: a}]".to_owned(), "ports: [{port: 1, name: a}, {port: 2, name: b}]".to_owned()),
        (
            "spec.ports[1]",
            "ports: [{port: 1, name: a}, {port: 1, name: b}]".to_owned(),
            "ports: [{port: 1, name: a}, {port: 1, name: b, protocol: UDP}]".to_owned(),
        ),
        ("spec.ports[0].nodePort", "ports: [{port: 1, nodePort: 30000}]".to_owned(), "type: NodePort, ports: [{port: 1, nodePort: 30000}]".to_owned()),
        ("spec.sessionAffinity", with("sessionAffinity: Cookie"), with("sessionAffinity: ClientIP")),
        (
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
            with("sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}"),
            with("sessionAffinity: None, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}"),
        ),
        ("spec.ipFamilies[0]", with("ipFamilies: [4]").replace('4', "ipv4"), with("ipFamilies: [IPv4]")),
        ("spec.ipFamilyPolicy", with("ipFamilyPolicy: Dual"), with("ipFamilyPolicy: SingleStack")),
        (
            "spec.loadBalancerSourceRanges[0]",
            with("type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0]"),
            with("type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]"),
        ),
        ("spec.loadBalancerSourceRanges", with("loadBalancerSourceRanges: [10.0.0.0/8]"), with("type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]")),
        ("spec.externalTrafficPolicy", with("externalTrafficPolicy: Local"), with("type: NodePort, externalTrafficPolicy: Local")),
        ("spec.internalTrafficPolicy", with("internalTrafficPolicy: Node"), with("internalTrafficPolicy: Local")),
        (
            "spec.healthCheckNodePort",
            with("type: LoadBalancer, healthCheckNodePort: 30001"),
            with("type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30001"),
        ),
        ("spec.loadBalancerClass", with("loadBalancerClass: a.b/c"), with("type: LoadBalancer, loadBalancerClass: a.b/c")),
        ("spec.trafficDistribution", with("trafficDistribution: Near"), with("trafficDistribution: PreferClose")),
        ("spec.selector.a", with("selector: {a: 'x y'}"), with("selector: {a: x}")),
        ("spec.externalIPs[0]", with("externalIPs: [a]"), with("externalIPs: [1.2.3.4]")),
    ];
    for (path, bad, good) in &cases {
        table("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {$}}", &[(path, bad, good)]);
    }
    table(
        "{apiVersion: v1, kind: Service, metadata: {name: a, annotations: {service.beta.kubernetes.io/load-balancer-source-ranges: '$'}}, spec: {type: LoadBalancer, ports: [{port: 80}]}}",
        &[("metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]", "CIDR", "10.0.0.0/8, 192.168.0.0/16")],
    );
}

#[test]
fn ingresses() {
    let rule = |host: &str, path: &str| format!("rules: [{{host: '{host}', http: {{paths: [{path}]}}}}]");
    let path = "{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}";
    let good = rule("a.b", path);
    let cases = [
        ("spec.rules", "ingressClassName: alb".to_owned()),
        ("spec.rules[0].host", rule("1.2.3.4", path)),
        ("spec.rules[0].host", rule("<host>", path)),
        ("spec.rules[0].http.paths[0].pathType", rule("a.b", "{path: /, backend: {service: {name: s, port: {number: 80}}}}")),
        ("spec.rules[0].http.paths[0].path", rule("a.b", "{path: a, pathType: Exact, backend: {service: {name: s, port: {number: 80}}}}")),
        ("spec.rules[0].http.paths[0].path", rule("a.b", "{path: /a//b, pathType: Exact, backend: {service: {name: s, port: {number: 80}}}}")),
        ("spec.rules[0].http.paths[0].backend", rule("a.b", "{path: /, pathType: Prefix, backend: {}}")),
        ("spec.rules[0].http.paths[0].backend.service.port.number", rule("a.b", "{path: /, pathType: Prefix, backend: {service: {name: s}}}")),
        (
            "spec.rules[0].http.paths[0].backend.service.port",
            rule("a.b", "{path: /, pathType: Prefix, backend: {service: {name: s, port: {name: a, number: 1}}}}"),
        ),
        ("spec.tls[0].hosts[0]", format!("{good}, tls: [{{hosts: ['__HOST__']}}]")),
        ("spec.ingressClassName", format!("{good}, ingressClassName: A")),
    ];
    for (at, bad) in &cases {
        table("{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {$}}", &[(at, bad, &good)]);
    }
    table(
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a, annotations: {kubernetes.io/ingress.class: alb}}, spec: {$ defaultBackend: {service: {name: s, port: {name: web}}}}}",
        &[("spec.ingressClassName", "ingressClassName: nginx,", "ingressClassName: alb,")],
    );
    table(
        "{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: a}, spec: {$}}",
        &[
            ("spec.controller", "parameters: {kind: a, name: b}", "controller: ingress.k8s.aws/alb"),
            ("spec.controller", "controller: alb", "controller: a.b/c"),
        ],
    );
}

#[test]
fn network_policies() {
    table(
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, $}}",
        &[
            ("spec.policyTypes[0]", "policyTypes: [In]", "policyTypes: [Ingress, Egress]"),
            ("spec.ingress[0].from[0]", "ingress: [{from: [{}]}]", "ingress: [{from: [{podSelector: {}}]}]"),
            (
                "spec.egress[0].to[0].ipBlock",
                "egress: [{to: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]",
                "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]",
            ),
            ("spec.egress[0].to[0].ipBlock.cidr", "egress: [{to: [{ipBlock: {cidr: 10.0.0.0}}]}]", "egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]"),
            ("spec.egress[0].ports[0].endPort", "egress: [{ports: [{port: 5, endPort: 4}]}]", "egress: [{ports: [{port: 5, endPort: 6}]}]"),
            ("spec.egress[0].ports[0].protocol", "egress: [{ports: [{port: 5, protocol: ICMP}]}]", "egress: [{ports: [{port: 5, protocol: UDP}]}]"),
        ],
    );
}

#[test]
fn access() {
    table(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}, rules: [{$}]}",
        &[
            ("rules[0].verbs", "apiGroups: [''], resources: [pods]", "apiGroups: [''], resources: [pods], verbs: [get]"),
            ("rules[0].apiGroups", "resources: [pods], verbs: [get]", "apiGroups: [''], resources: [pods], verbs: [get]"),
            ("rules[0].resources", "apiGroups: [''], verbs: [get]", "nonResourceURLs: [/metrics], verbs: [get]"),
            ("rules[0].resources", "nonResourceURLs: [/metrics], resources: [pods], verbs: [get]", "nonResourceURLs: [/metrics], verbs: [get]"),
        ],
    );
    table(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a}, rules: [{$}]}",
        &[("rules[0].nonResourceURLs", "nonResourceURLs: [/metrics], verbs: [get]", "apiGroups: [''], resources: [pods], verbs: [get]")],
    );
    table(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}, subjects: [$]}",
        &[
            ("subjects[0].namespace", "{kind: ServiceAccount, name: s}", "{kind: ServiceAccount, name: s, namespace: ns}"),
            ("subjects[0].kind", "{kind: Account, name: s}", "{kind: Group, name: 'system:masters'}"),
            ("subjects[0].apiGroup", "{kind: User, name: s, apiGroup: x}", "{kind: User, name: s, apiGroup: rbac.authorization.k8s.io}"),
            ("subjects[0].name", "{kind: User}", "{kind: User, name: s}"),
        ],
    );
    table(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: $, metadata: {name: a}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}}",
        &[("roleRef.kind", "ClusterRoleBinding", "RoleBinding")],
    );
}
