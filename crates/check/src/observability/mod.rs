//! Table Observability: logs, alarms, metrics.

pub(crate) mod metrics_of;
pub(crate) mod monitoring_of;

cards! {
    alarm_without_action,
    alarm_without_data,
    alarms_missing,
    cloudwatch_addon_missing,
    cloudwatch_addon_not_active,
    cloudwatch_no_data,
    log_group_huge,
    log_group_retention_missing,
    log_group_retention_outside,
    log_retention_long,
    log_retention_missing,
    log_retention_short,
    metrics_missing,
    monitor_port_missing,
    monitor_selects_nothing,
    monitoring_twice,
}
