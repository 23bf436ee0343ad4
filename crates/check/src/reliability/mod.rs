//! Table Reliability: requests, probes, budgets, replicas, rollouts.

mod budgets;
mod placement;
mod probes_of;
mod resources_of;
mod rollouts;
mod scaling_of;
mod stopping;
mod volumes_of;

cards! {
    anti_affinity_selector_mismatch,
    autoscaler_cannot_scale,
    autoscaler_metric_without_request,
    autoscaler_minimum_below_two,
    autoscaler_target_missing,
    autoscalers_conflict,
    bare_pod,
    cpu_limit_missing,
    ephemeral_storage_unbounded,
    grace_period_too_short,
    grace_shorter_than_prestop,
    liveness_checks_dependency,
    liveness_probe_missing,
    liveness_same_as_readiness,
    memory_limit_far_above_request,
    memory_limit_missing,
    pdb_above_autoscaler_minimum,
    pdb_blocks_drain,
    pdb_cannot_count_pods,
    pdb_missing,
    pdb_protects_unhealthy_pods,
    pdb_selects_nothing,
    pdb_spans_workloads,
    pdb_too_loose,
    pdbs_overlap,
    placement_exceeds_nodes,
    pods_not_running,
    priority_class_unset,
    probe_kills_slow_start,
    probe_port_unknown,
    probe_timeout_above_period,
    progress_deadline_shorter_than_start,
    readiness_probe_missing,
    recreate_strategy,
    replicas_set_beside_autoscaler,
    replicas_share_volume,
    requests_missing,
    revision_history_empty,
    rollout_blocked_by_volume,
    rollout_deadlocks_on_anti_affinity,
    rollout_drops_capacity,
    rollout_paused,
    rollout_removes_pods_first,
    shutdown_drops_requests,
    single_replica,
    spread_missing,
    spread_selector_mismatch,
    startup_probe_missing,
    statefulset_partition_left,
    vpa_fights_hpa,
}
