//! Table Operations: backups, upgrades, runbooks, access.

cards! {
    access_by_config_map,
    access_entry_admin_broad,
    access_entry_role_missing,
    audit_log_off,
    deletion_protection_off,
    kubelet_skew,
    kubelets_differ,
    node_group_version_behind,
    node_image_end_of_life,
}
