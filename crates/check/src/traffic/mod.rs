//! Rows HTTPS only and Network policies: ingresses, gateways, load balancers, services, and who may reach whom.

mod alb;
mod aws_use;
mod certificates;
pub(crate) mod data_tier;
mod flows;
mod isolation;
mod load_balancer;
mod tls_policy;
mod unplaced;

cards! {
    alb_certificate_undiscoverable,
    alb_http_only,
    alb_per_ingress,
    alb_redirect_missing,
    alb_target_type_instance,
    certificate_expiring,
    certificate_unknown,
    data_tier_open,
    database_exposed,
    egress_unrestricted,
    gateway_http_unredirected,
    host_on_two_load_balancers,
    ingress_backend_missing,
    ingress_class_missing,
    ingress_path_twice,
    ingress_redirect_disabled,
    ingress_tls_missing,
    internal_service_public,
    live_listener_plaintext,
    load_balancer_legacy,
    load_balancer_plaintext,
    network_policy_allows_all,
    network_policy_blocks_dns,
    network_policy_blocks_load_balancer,
    network_policy_blocks_pod_identity,
    network_policy_blocks_scraper,
    network_policy_missing,
    network_policy_not_enforced,
    network_policy_one_sided,
    network_policy_selects_nothing,
    readiness_gate_missing,
    route_reference_missing,
    service_external_name,
    service_selects_another_app,
    service_selects_nothing,
    service_target_port_missing,
    tls_policy_unset,
    tls_policy_weak,
    workload_not_isolated,
}
