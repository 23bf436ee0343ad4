//! From answers to the model's facts: one file a subject.

pub mod addresses;
pub mod backup;
pub mod eks;
pub mod iam;
pub mod images;
pub mod messages;
pub mod network;
pub mod nodes;
pub mod observability;
pub mod safety;
pub mod secrets;
pub mod storage;
pub mod templates;
pub mod traffic;
