//! Table Architecture Patterns: the key decisions of the five patterns, and their cost.

mod capacity_of;
mod cron_schedule;
mod data_stores;
mod jobs_of;
mod queues_of;
mod storage_of;

cards! {
    claim_unbound,
    claim_unused,
    cron_deadline_exceeds_interval,
    cron_history_off,
    cron_never_runs,
    cron_overlaps,
    cron_start_deadline,
    cron_suspended,
    cron_time_zone_missing,
    data_at_mount_root,
    database_is_deployment,
    database_without_volume,
    declared_queue_visibility_short,
    declared_queue_without_dead_letter,
    default_storage_class_missing,
    default_storage_class_twice,
    headless_service_mismatch,
    headless_service_missing,
    job_deadline_missing,
    job_failed,
    job_not_cleaned_up,
    job_retries_unset,
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
