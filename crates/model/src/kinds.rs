//! The other kinds that are reasoned about, by topic, as the Kubernetes API and its common extensions define them.

pub mod access;
pub mod apps;
pub mod config;
pub mod nodes;
pub mod scaling;
pub mod storage;
pub mod traffic;
