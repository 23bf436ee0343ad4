//! What the API server would refuse.

use seatrial_model::{Head, Path, ProblemKind, Version};

use crate::tree::{NodeId, Tree};

/// Something that the API server refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field, from the object's root.
    pub path: Path,
    /// The value, or the block around a missing one.
    pub at: NodeId,
    /// What kind of refusal.
    pub kind: ProblemKind,
    /// In words.
    pub message: String,
}

/// Judges one object for a version.
pub fn validate(_tree: &Tree<'_>, _at: NodeId, _head: &Head, _version: Version) -> Vec<Violation> {
    Vec::new()
}

/// The values whose type is wrong, sorted: a typed reader skips them.
pub fn unreadable(violations: &[Violation]) -> Vec<NodeId> {
    let mut found: Vec<NodeId> = violations.iter().filter(|it| it.kind == ProblemKind::WrongType).map(|it| it.at).collect();
    found.sort_unstable();
    found
}
