//! Typed, lean Kubernetes and AWS objects, and the [`Snapshot`] that every analysis is a function of.
//!
//! Only the fields that something reasons about are kept; strings are interned; secret values have no field to go to.
//! Nothing here reads a file, a clock, the environment or the network.

pub mod account;
pub mod cluster;
mod edit;
mod gap;
pub mod graph;
mod int_or_string;
pub mod kinds;
mod meta;
mod narrow;
mod need;
mod path;
pub mod pod;
mod quantity;
mod schedule;
mod secret_line;
mod secret_text;
mod selector;
mod snapshot;
mod text;
mod version;
mod workload;
mod workload_read;

pub use account::Account;
pub use cluster::{Cluster, Head, RunningPod};
pub use edit::{Change, Edit};
pub use gap::{Gap, Known};
pub use graph::Graph;
pub use int_or_string::IntOrString;
pub use meta::{Handle, Meta, Object, ObjectRef, Origin, OwnerReference};
pub use need::Need;
pub use path::{Path, Step};
pub use pod::{Container, PodSpec, PodTemplate, Probe, ResourceList, Resources};
pub use quantity::{NotAQuantity, Quantity};
pub use schedule::Schedule;
pub use secret_line::{MASK, secret_from};
pub use secret_text::{Literal, LooksLike, names_a_secret};
pub use selector::{LabelSelector, Requirement};
pub use snapshot::{InlineIgnore, Problem, ProblemKind, RenderedFrom, Scope, Snapshot, SnapshotMeta, SourceFile, Tally, Unread};
pub use text::{Labels, Text, TextMap};
pub use version::{NotAVersion, Version};
pub use workload::{Active, Condition, CronSpec, JobSpec, RolloutSpec, Workload, WorkloadKind, WorkloadStatus};
