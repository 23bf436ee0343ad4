//! HardenEKS, by its rules.

use super::Peer;

/// Sorted by id.
pub(super) const PEERS: &[Peer] = &[
    Peer::of("hardeneks", "avoid_running_singleton_pods", &["bare-pod"]),
    Peer::of("hardeneks", "check_access_to_instance_profile", &[])
        .note("read from an API's answer that manifests do not hold: live, node-metadata-open judges it"),
    Peer::of("hardeneks", "check_any_cluster_autoscaler_exists", &[])
        .note("whether a cluster has a node autoscaler is judged live, with its nodes: node-autoscaler-missing"),
    Peer::of("hardeneks", "check_aws_node_daemonset_service_account", &[]).note("the CNI's own identity belongs to the add-on, not to what users run"),
    Peer::of("hardeneks", "check_endpoint_public_access", &[])
        .note("read from an API's answer that manifests do not hold: live, cluster-endpoint-public judges it"),
    Peer::of("hardeneks", "check_logs_are_enabled", &[]).note("read from an API's answer that manifests do not hold: live, audit-log-off judges it"),
    Peer::of("hardeneks", "check_read_only_root_file_system", &["root-filesystem-writable"]),
    Peer::of("hardeneks", "check_readiness_probes", &["readiness-probe-missing"]),
    Peer::of("hardeneks", "check_vpc_flow_logs", &[]).note("flow logs are the network's matter and not the cluster's"),
    Peer::of("hardeneks", "deploy_workers_onto_private_subnets", &[])
        .note("read from an API's answer that manifests do not hold: live, node-subnet-public judges it"),
    Peer::of("hardeneks", "disable_anonymous_access_for_cluster_roles", &["rbac-anonymous-binding"]),
    Peer::of("hardeneks", "disable_anonymous_access_for_roles", &["rbac-anonymous-binding"]),
    Peer::of("hardeneks", "disable_service_account_token_mounts", &[])
        .note("a ServiceAccount without pods mounts no token: service-account-token-mounted judges the pods"),
    Peer::of("hardeneks", "disallow_container_socket_mount", &["container-runtime-socket"]),
    Peer::of("hardeneks", "disallow_host_path_or_make_it_read_only", &["writable-host-mount"]),
    Peer::of("hardeneks", "disallow_linux_capabilities", &["dangerous-capabilities"]),
    Peer::of("hardeneks", "ensure_namespace_quotas_exist", &["quota-missing"]),
    Peer::of("hardeneks", "make_sure_inspector_is_enabled", &[])
        .note("read from an API's answer that manifests do not hold: image-critical-findings asks for the findings themselves"),
    Peer::of("hardeneks", "restrict_wildcard_for_roles", &["rbac-wildcard"]),
    Peer::of("hardeneks", "run_multiple_replicas", &["single-replica"]),
    Peer::of("hardeneks", "schedule_replicas_across_nodes", &["spread-missing"]),
    Peer::of("hardeneks", "set_requests_limits_for_containers", &["requests-missing", "memory-limit-missing", "cpu-limit-missing"]),
    Peer::of("hardeneks", "use_encryption_with_aws_load_balancers", &["load-balancer-plaintext"]),
    Peer::of("hardeneks", "use_encryption_with_ebs", &["storage-class-unencrypted"]),
    Peer::of("hardeneks", "use_immutable_tags_with_ecr", &[]).note("read from an API's answer that manifests do not hold: live, ecr-tags-mutable judges it"),
    Peer::of("hardeneks", "use_managed_nodegroups", &[]).note("self-managed nodes are one way to run nodes, not a fault"),
];
