//! The controllers' own arithmetic: what each decides from counts, apart from when it runs.

pub mod deployment;
pub mod disruption;
pub mod pod_gc;
pub mod rehearsal;
pub mod stateful_set;
pub mod taint_eviction;
