//! Table Security: identity, secrets, traffic, permissions.

mod aws_use;
mod every_place;
mod grants;
mod host_mounts;
mod iam_roles;
mod identities;
mod image_name;
mod pod_controls;
pub mod pod_security;
mod secret_sources;
mod secret_uses;
mod stores;
mod trust;

cards! {
    aws_credentials_file,
    aws_use_on_default_service_account,
    capabilities_not_dropped,
    cluster_secret_store_open,
    container_runtime_socket,
    dangerous_capabilities,
    external_secret_not_synced,
    external_secret_store_missing,
    host_namespace,
    host_path_volume,
    host_port,
    host_probe,
    host_process,
    iam_admin_policy,
    iam_wildcard_action,
    iam_wildcard_resource,
    image_from_public_registry,
    image_not_pinned,
    image_pull_policy_contradiction,
    image_tag_latest,
    irsa_and_pod_identity,
    irsa_instead_of_pod_identity,
    irsa_trust_broken,
    irsa_trust_too_wide,
    isolation_weakened,
    may_run_as_root,
    pod_identity_agent_missing,
    pod_identity_association_missing,
    pod_identity_not_injected,
    pod_identity_role_missing,
    pod_identity_service_account_missing,
    pod_identity_trust_broken,
    pod_security_label_missing,
    pod_security_refused,
    privilege_escalation_allowed,
    privileged_container,
    rbac_anonymous_binding,
    rbac_cluster_admin_binding,
    rbac_default_service_account,
    rbac_escalation,
    rbac_pod_creation,
    rbac_pod_exec,
    rbac_secrets_access,
    rbac_subject_missing,
    rbac_wildcard,
    restricted_volume_type,
    root_filesystem_writable,
    run_as_root,
    seccomp_profile_missing,
    secret_as_env,
    secret_in_command,
    secret_in_configmap,
    secret_in_env,
    secret_in_git,
    secret_not_external,
    secret_path_of_other_environment,
    secret_refresh_interval,
    secret_store_service_account,
    secret_store_static_keys,
    secret_store_without_role,
    service_account_token_mounted,
    sqs_policy_incomplete,
    static_aws_keys,
    writable_host_mount,
}
