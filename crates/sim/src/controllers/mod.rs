//! The controllers' own arithmetic: what each decides from counts, apart from when it runs.

pub mod cron_job;
pub mod deployment;
pub mod disruption;
pub mod job;
pub mod latencies;
pub mod limit_range;
pub mod node_lifecycle;
pub mod pod_autoscaler;
pub mod pod_gc;
pub mod quota;
pub mod quota_objects;
pub mod rehearsal;
pub mod stateful_set;
pub mod taint_eviction;
