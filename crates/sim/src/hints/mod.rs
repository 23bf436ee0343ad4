//! Queueing hints: whether something that happened can help a pod that a plugin refused. One file for each kind of question.
//!
//! Source: kubernetes pkg/scheduler/framework/plugins/*, the functions `isSchedulableAfter...` of each.

pub mod nodes;
pub mod pods;
pub mod storage;

use seatrial_model::{Labels, PodSpec, Text};

/// A pod as hints see it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Unique id; anything that tells pods apart.
    pub uid: &'a str,
    /// Namespace.
    pub namespace: &'a str,
    /// Labels.
    pub labels: &'a Labels,
    /// Specification.
    pub spec: &'a PodSpec,
    /// Whether it has a node.
    pub placed: bool,
    /// Whether a node is nominated for it.
    pub nominated: bool,
}

impl Seen<'_> {
    /// It takes room somewhere, or is about to.
    const fn holds(&self) -> bool {
        self.placed || self.nominated
    }
}

/// What happened to an object: it came (`new` alone), changed, or went (`old` alone).
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a, T> {
    /// Before.
    pub old: Option<&'a T>,
    /// After.
    pub new: Option<&'a T>,
}

impl<'a, T> Happened<'a, T> {
    /// It came.
    pub const fn came(new: &'a T) -> Self {
        Self { old: None, new: Some(new) }
    }

    /// It went.
    pub const fn went(old: &'a T) -> Self {
        Self { old: Some(old), new: None }
    }
}

/// Namespaces that a term of a pod in `namespace` looks at. Namespaces selected by their labels are not known here, and may match.
fn looks_at(term: &seatrial_model::pod::PodAffinityTerm, namespace: &str, other: &str) -> bool {
    if term.namespace_selector.is_some() {
        return true;
    }
    if term.namespaces.is_empty() { namespace == other } else { term.namespaces.iter().any(|it: &Text| **it == *other) }
}
