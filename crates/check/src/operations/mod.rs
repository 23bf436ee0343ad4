//! Table Operations: backups, upgrades, runbooks, access.

pub(crate) mod backup_of;
pub(crate) mod runbooks_of;
mod support_of;

cards! {
    access_by_config_map,
    access_entry_admin_broad,
    access_entry_role_missing,
    addon_degraded,
    audit_log_off,
    backup_plan_lax,
    backup_too_old,
    config_not_in_git,
    core_component_missing,
    deletion_protection_off,
    delivery_not_automatic,
    delivery_suspended,
    deprecated_api_called,
    dns_failover_missing,
    eks_update_failed,
    guardduty_off,
    helm_release_api_removed,
    kubelet_skew,
    kubelets_differ,
    metrics_server_missing,
    node_group_version_behind,
    node_image_end_of_life,
    registry_not_replicated,
    runbook_leads_nowhere,
    runbook_missing,
    secrets_not_replicated,
    secrets_not_rotated,
    upgrade_insight_failing,
    version_in_extended_support,
    version_support_ending,
    volume_nearly_full,
    volume_oversized,
    volume_without_backup,
    webhook_guards_system,
    webhook_service_missing,
}
