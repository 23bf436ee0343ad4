//! Table Operations: backups, upgrades, runbooks, access.

pub(crate) mod backup_of;

cards! {
    access_by_config_map,
    access_entry_admin_broad,
    access_entry_role_missing,
    audit_log_off,
    backup_plan_lax,
    backup_too_old,
    deletion_protection_off,
    kubelet_skew,
    kubelets_differ,
    node_group_version_behind,
    node_image_end_of_life,
    volume_nearly_full,
    volume_oversized,
    volume_without_backup,
}
