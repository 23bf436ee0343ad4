//! Table Architecture Patterns: the key decisions of the five patterns, and their cost.

mod capacity_of;
mod data_stores;
mod storage_of;

cards! {
    data_at_mount_root,
    database_is_deployment,
    database_without_volume,
    default_storage_class_missing,
    default_storage_class_twice,
    headless_service_mismatch,
    headless_service_missing,
    provisioned_iops_missing,
    read_write_many_on_ebs,
    requests_larger_than_node,
    spot_unused,
    stateful_on_spot,
    storage_class_binds_immediately,
    storage_class_deletes_data,
    storage_class_gp2,
    storage_class_missing,
    storage_class_not_expandable,
    storage_class_unencrypted,
    volume_not_writable,
}
