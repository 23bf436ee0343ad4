//! HardenEKS, by its rules.

use super::Peer;

/// Sorted by id.
pub(super) const PEERS: &[Peer] = &[
    Peer { tool: "hardeneks", theirs: "avoid_running_singleton_pods", ours: &["bare-pod"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "check_access_to_instance_profile", ours: &[], instead: &[], note: "read from an API's answer that manifests do not hold: live, node-metadata-open judges it", about: &[] },
    Peer { tool: "hardeneks", theirs: "check_any_cluster_autoscaler_exists", ours: &[], instead: &[], note: "whether a cluster has a node autoscaler is judged live, with its nodes: node-autoscaler-missing", about: &[] },
    Peer { tool: "hardeneks", theirs: "check_aws_node_daemonset_service_account", ours: &[], instead: &[], note: "the CNI's own identity belongs to the add-on, not to what users run", about: &[] },
    Peer { tool: "hardeneks", theirs: "check_endpoint_public_access", ours: &[], instead: &[], note: "read from an API's answer that manifests do not hold: live, cluster-endpoint-public judges it", about: &[] },
    Peer { tool: "hardeneks", theirs: "check_logs_are_enabled", ours: &[], instead: &[], note: "read from an API's answer that manifests do not hold: live, audit-log-off judges it", about: &[] },
    Peer { tool: "hardeneks", theirs: "check_read_only_root_file_system", ours: &["root-filesystem-writable"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "check_readiness_probes", ours: &["readiness-probe-missing"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "check_vpc_flow_logs", ours: &[], instead: &[], note: "flow logs are the network's matter and not the cluster's", about: &[] },
    Peer { tool: "hardeneks", theirs: "deploy_workers_onto_private_subnets", ours: &[], instead: &[], note: "read from an API's answer that manifests do not hold: live, node-subnet-public judges it", about: &[] },
    Peer { tool: "hardeneks", theirs: "disable_anonymous_access_for_cluster_roles", ours: &["rbac-anonymous-binding"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "disable_anonymous_access_for_roles", ours: &["rbac-anonymous-binding"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "disable_service_account_token_mounts", ours: &[], instead: &[], note: "a ServiceAccount without pods mounts no token: service-account-token-mounted judges the pods", about: &[] },
    Peer { tool: "hardeneks", theirs: "disallow_container_socket_mount", ours: &["container-runtime-socket"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "disallow_host_path_or_make_it_read_only", ours: &["writable-host-mount"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "disallow_linux_capabilities", ours: &["dangerous-capabilities"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "ensure_namespace_quotas_exist", ours: &["quota-missing"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "make_sure_inspector_is_enabled", ours: &[], instead: &[], note: "read from an API's answer that manifests do not hold: image-critical-findings asks for the findings themselves", about: &[] },
    Peer { tool: "hardeneks", theirs: "restrict_wildcard_for_roles", ours: &["rbac-wildcard"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "run_multiple_replicas", ours: &["single-replica"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "schedule_replicas_across_nodes", ours: &["spread-missing"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "set_requests_limits_for_containers", ours: &["requests-missing", "memory-limit-missing", "cpu-limit-missing"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "use_encryption_with_aws_load_balancers", ours: &["load-balancer-plaintext"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "use_encryption_with_ebs", ours: &["storage-class-unencrypted"], instead: &[], note: "", about: &[] },
    Peer { tool: "hardeneks", theirs: "use_immutable_tags_with_ecr", ours: &[], instead: &[], note: "read from an API's answer that manifests do not hold: live, ecr-tags-mutable judges it", about: &[] },
    Peer { tool: "hardeneks", theirs: "use_managed_nodegroups", ours: &[], instead: &[], note: "self-managed nodes are one way to run nodes, not a fault", about: &[] },
];
