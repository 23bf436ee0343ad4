//! Table Architecture Patterns: the key decisions of the five patterns, and their cost.

mod capacity_of;
mod data_stores;
mod queues_of;
mod storage_of;

cards! {
    claim_unbound,
    claim_unused,
    data_at_mount_root,
    database_is_deployment,
    database_without_volume,
    declared_queue_visibility_short,
    declared_queue_without_dead_letter,
    default_storage_class_missing,
    default_storage_class_twice,
    headless_service_mismatch,
    headless_service_missing,
    managed_service_fits,
    provisioned_iops_missing,
    queue_rights_missing,
    queue_visibility_short,
    queue_without_dead_letter,
    read_write_many_on_ebs,
    requests_larger_than_node,
    scaler_without_ceiling,
    scaler_without_identity,
    spot_unused,
    stateful_on_spot,
    storage_class_binds_immediately,
    storage_class_deletes_data,
    storage_class_gp2,
    storage_class_missing,
    storage_class_not_expandable,
    storage_class_unencrypted,
    volume_not_writable,
    volume_snapshot_dangling,
    worker_exposed,
    worker_grace_short,
    worker_not_autoscaled,
    worker_scaled_on_cpu,
}
