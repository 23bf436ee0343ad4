//! Services, ingresses, gateways and network policies.

use crate::int_or_string::IntOrString;
use crate::pod::{Ignored, lean};
use crate::selector::LabelSelector;
use crate::text::{Labels, Text};
use crate::workload::Condition;

lean! {
/// `v1.Service`.
pub struct Service {
    pub spec: ServiceSpec,
    pub status: ServiceStatus,
}
pub struct ServiceSpec {
    #[serde(rename = "type")]
    pub kind: Option<Text>,
    pub selector: Labels,
    pub ports: Vec<ServicePort>,
    #[serde(rename = "clusterIP")]
    pub cluster_ip: Option<Text>,
    pub load_balancer_class: Option<Text>,
    pub load_balancer_source_ranges: Vec<Text>,
    pub external_traffic_policy: Option<Text>,
    pub internal_traffic_policy: Option<Text>,
    pub publish_not_ready_addresses: bool,
    pub external_name: Option<Text>,
    #[serde(rename = "externalIPs")]
    pub external_ips: Vec<Text>,
    pub session_affinity: Option<Text>,
}
pub struct ServicePort {
    pub name: Option<Text>,
    pub port: i64,
    pub target_port: Option<IntOrString>,
    pub node_port: Option<i64>,
    pub protocol: Option<Text>,
    pub app_protocol: Option<Text>,
}
pub struct ServiceStatus {
    pub load_balancer: LoadBalancerStatus,
}
pub struct LoadBalancerStatus {
    pub ingress: Vec<LoadBalancerIngress>,
}
pub struct LoadBalancerIngress {
    pub hostname: Option<Text>,
    pub ip: Option<Text>,
}

/// `discovery.k8s.io/v1.EndpointSlice`.
pub struct EndpointSlice {
    pub endpoints: Vec<Endpoint>,
}
pub struct Endpoint {
    pub conditions: EndpointConditions,
    pub target_ref: Option<TargetRef>,
    pub zone: Option<Text>,
    pub node_name: Option<Text>,
}
pub struct EndpointConditions {
    pub ready: Option<bool>,
    pub serving: Option<bool>,
    pub terminating: Option<bool>,
}
pub struct TargetRef {
    pub kind: Text,
    pub name: Text,
    pub namespace: Option<Text>,
}

/// `networking.k8s.io/v1.Ingress` (older versions' backends are read too).
pub struct Ingress {
    pub spec: IngressSpec,
    pub status: ServiceStatus,
}
pub struct IngressSpec {
    pub ingress_class_name: Option<Text>,
    pub default_backend: Option<IngressBackend>,
    pub tls: Vec<IngressTls>,
    pub rules: Vec<IngressRule>,
}
pub struct IngressTls {
    pub hosts: Vec<Text>,
    pub secret_name: Option<Text>,
}
pub struct IngressRule {
    pub host: Option<Text>,
    pub http: Option<HttpRules>,
}
pub struct HttpRules {
    pub paths: Vec<HttpPath>,
}
pub struct HttpPath {
    pub path: Option<Text>,
    pub path_type: Option<Text>,
    pub backend: IngressBackend,
}
pub struct IngressBackend {
    pub service: Option<IngressService>,
    /// `extensions/v1beta1` and `networking.k8s.io/v1beta1`.
    pub service_name: Option<Text>,
    pub service_port: Option<IntOrString>,
    pub resource: Option<Ignored>,
}
pub struct IngressService {
    pub name: Text,
    pub port: IngressPort,
}
pub struct IngressPort {
    pub name: Option<Text>,
    pub number: Option<i64>,
}

/// `networking.k8s.io/v1.IngressClass`.
pub struct IngressClass {
    pub spec: IngressClassSpec,
}
pub struct IngressClassSpec {
    pub controller: Text,
    pub parameters: Option<TargetRef>,
}

/// `elbv2.k8s.aws/v1beta1.IngressClassParams`.
pub struct IngressClassParams {
    pub spec: IngressClassParamsSpec,
}
pub struct IngressClassParamsSpec {
    pub scheme: Option<Text>,
    pub ssl_policy: Option<Text>,
    #[serde(rename = "sslRedirectPort")]
    pub ssl_redirect_port: Option<IntOrString>,
    /// EKS Auto Mode spells it differently.
    #[serde(alias = "certificateARNs")]
    pub certificate_arn: Vec<Text>,
    pub listen_ports: Vec<ClassListenPort>,
    pub target_type: Option<Text>,
    pub inbound_cidrs: Vec<Text>,
    pub group: Option<crate::pod::Named>,
}

/// A port that every ALB of the class listens on.
pub struct ClassListenPort {
    pub protocol: Text,
    pub port: i64,
}

/// `elbv2.k8s.aws/v1beta1.TargetGroupBinding`.
pub struct TargetGroupBinding {
    pub spec: TargetGroupBindingSpec,
}
pub struct TargetGroupBindingSpec {
    #[serde(rename = "targetGroupARN")]
    pub target_group_arn: Option<Text>,
    pub target_type: Option<Text>,
    pub service_ref: ServiceRef,
}
pub struct ServiceRef {
    pub name: Text,
    pub port: IntOrString,
}

/// `gateway.k8s.aws` LoadBalancerConfiguration and TargetGroupConfiguration.
pub struct AwsGatewayConfig {
    pub spec: AwsGatewayConfigSpec,
}
pub struct AwsGatewayConfigSpec {
    pub scheme: Option<Text>,
    pub listener_configurations: Vec<AwsListenerConfig>,
    pub target_reference: Option<TargetRef>,
    pub default_configuration: Option<AwsTargetConfig>,
}
pub struct AwsListenerConfig {
    pub protocol_port: Text,
    pub default_certificate: Option<Text>,
    pub certificates: Vec<Text>,
    pub ssl_policy: Option<Text>,
}
pub struct AwsTargetConfig {
    pub target_type: Option<Text>,
}

/// `gateway.networking.k8s.io` GatewayClass.
pub struct GatewayClass {
    pub spec: GatewayClassSpec,
}
pub struct GatewayClassSpec {
    pub controller_name: Text,
}

/// `gateway.networking.k8s.io` Gateway.
pub struct Gateway {
    pub spec: GatewaySpec,
}
pub struct GatewaySpec {
    pub gateway_class_name: Text,
    pub listeners: Vec<Listener>,
    pub infrastructure: Option<GatewayInfrastructure>,
}
pub struct GatewayInfrastructure {
    pub annotations: Labels,
    pub parameters_ref: Option<TargetRef>,
}
pub struct Listener {
    pub name: Text,
    pub port: i64,
    pub protocol: Text,
    pub hostname: Option<Text>,
    pub tls: Option<ListenerTls>,
}
pub struct ListenerTls {
    pub mode: Option<Text>,
    pub certificate_refs: Vec<TargetRef>,
    pub options: Labels,
}

/// `gateway.networking.k8s.io` HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute.
pub struct Route {
    pub spec: RouteSpec,
}
pub struct RouteSpec {
    pub parent_refs: Vec<ParentRef>,
    pub hostnames: Vec<Text>,
    pub rules: Vec<RouteRule>,
}
pub struct ParentRef {
    pub name: Text,
    pub namespace: Option<Text>,
    pub kind: Option<Text>,
    pub section_name: Option<Text>,
    pub port: Option<i64>,
}
pub struct RouteRule {
    pub backend_refs: Vec<BackendRef>,
    pub filters: Vec<RouteFilter>,
}
pub struct BackendRef {
    pub name: Text,
    pub namespace: Option<Text>,
    pub kind: Option<Text>,
    pub port: Option<i64>,
}
pub struct RouteFilter {
    #[serde(rename = "type")]
    pub kind: Text,
    pub request_redirect: Option<RequestRedirect>,
}
pub struct RequestRedirect {
    pub scheme: Option<Text>,
    pub port: Option<i64>,
    pub status_code: Option<i64>,
}

/// `networking.k8s.io/v1.NetworkPolicy`.
pub struct NetworkPolicy {
    pub spec: NetworkPolicySpec,
}
pub struct NetworkPolicySpec {
    pub pod_selector: LabelSelector,
    pub policy_types: Vec<Text>,
    pub ingress: Option<Vec<PolicyRule>>,
    pub egress: Option<Vec<PolicyRule>>,
}
/// One ingress rule (`from`) or egress rule (`to`): no peers or no ports means all of them.
pub struct PolicyRule {
    pub from: Vec<PolicyPeer>,
    pub to: Vec<PolicyPeer>,
    pub ports: Vec<PolicyPort>,
}
pub struct PolicyPeer {
    pub pod_selector: Option<LabelSelector>,
    pub namespace_selector: Option<LabelSelector>,
    pub ip_block: Option<IpBlock>,
}
pub struct IpBlock {
    pub cidr: Text,
    pub except: Vec<Text>,
}
pub struct PolicyPort {
    pub port: Option<IntOrString>,
    pub end_port: Option<i64>,
    pub protocol: Option<Text>,
}

/// Any object whose conditions alone are read.
pub struct WithConditions {
    pub status: ConditionsOnly,
}
pub struct ConditionsOnly {
    pub conditions: Vec<Condition>,
}
}

impl NetworkPolicy {
    /// Whether it governs traffic into the pods it selects.
    ///
    /// Source: Kubernetes API reference, NetworkPolicySpec.policyTypes: ingress always unless types say otherwise.
    pub fn governs_ingress(&self) -> bool {
        self.spec.policy_types.is_empty() || self.spec.policy_types.iter().any(|it| *it == "Ingress")
    }

    /// Whether it governs traffic out of the pods it selects.
    pub fn governs_egress(&self) -> bool {
        if self.spec.policy_types.is_empty() { self.spec.egress.is_some() } else { self.spec.policy_types.iter().any(|it| *it == "Egress") }
    }

    /// Ingress rules; none of them means that nothing may come in.
    pub fn ingress_rules(&self) -> &[PolicyRule] {
        self.spec.ingress.as_deref().unwrap_or_default()
    }

    /// Egress rules; none of them means that nothing may go out.
    pub fn egress_rules(&self) -> &[PolicyRule] {
        self.spec.egress.as_deref().unwrap_or_default()
    }
}

impl Service {
    /// Whether it is headless.
    pub fn is_headless(&self) -> bool {
        self.spec.cluster_ip.as_deref() == Some("None")
    }

    /// `ClusterIP` unless written.
    pub fn service_type(&self) -> &str {
        self.spec.kind.as_deref().unwrap_or("ClusterIP")
    }
}

impl IngressBackend {
    /// The Service it sends to.
    pub fn service_name(&self) -> Option<&str> {
        self.service.as_ref().map(|it| it.name.as_str()).or(self.service_name.as_deref())
    }
}

impl Ingress {
    /// Every backend with the path that leads to it.
    pub fn backends(&self) -> Vec<(&IngressBackend, crate::Path)> {
        let mut all = Vec::new();
        if let Some(it) = &self.spec.default_backend {
            all.push((it, crate::Path::of("spec.defaultBackend")));
        }
        for (r, rule) in self.spec.rules.iter().enumerate() {
            for (p, path) in rule.http.iter().flat_map(|it| it.paths.iter().enumerate()) {
                let at = crate::Path::of("spec.rules").index(r).join("http.paths").index(p).key("backend");
                all.push((&path.backend, at));
            }
        }
        all
    }

    /// Hosts of the rules.
    pub fn hosts(&self) -> impl Iterator<Item = &Text> {
        self.spec.rules.iter().filter_map(|it| it.host.as_ref())
    }
}
