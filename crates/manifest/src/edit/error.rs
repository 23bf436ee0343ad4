//! Why an edit was refused, and where.

use std::fmt;

use seatrial_model::Path;

/// An edit that was not made; the text is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    /// Index of the edit among those that were given.
    pub edit: usize,
    /// The field it is about, from its document's root.
    pub path: Path,
    /// Line of the place in the file, 1-based.
    pub line: u32,
    /// Why.
    pub why: Refusal,
}

/// Why an edit was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No document of the text stands where the edit's origin says: the file changed since it was read.
    Moved,
    /// The document, or the new value, is not YAML.
    Unreadable(String),
    /// A key stands twice in the document, so it has no single meaning to preserve.
    DuplicateKey(String),
    /// The place is shared through an anchor: editing it would change its other users.
    Shared(String),
    /// The path leads into a scalar, or a list where it needs a map, or the other way round.
    NotABlock(String),
    /// The list has no such element, and it is not the next one either.
    NoSuchElement(String),
    /// Another edit wants something else at this place.
    Conflict(usize),
    /// The document is written in a way that is not edited.
    Unsupported(&'static str),
    /// The edited text would not have meant the old one plus the change.
    WouldCorrupt,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved => f.write_str("the file changed since it was read"),
            Self::Unreadable(why) => write!(f, "not valid YAML: {why}"),
            Self::DuplicateKey(key) => write!(f, "`{key}` stands twice in its block"),
            Self::Shared(what) => write!(f, "{what} is shared through an anchor; editing it would change its other users"),
            Self::NotABlock(what) => write!(f, "{what} is not a block that can hold it"),
            Self::NoSuchElement(what) => write!(f, "there is no element {what}"),
            Self::Conflict(other) => write!(f, "edit {other} wants something else here"),
            Self::Unsupported(what) => write!(f, "{what} are not edited"),
            Self::WouldCorrupt => f.write_str("the edit would change more than it should"),
        }
    }
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.path, self.why)
    }
}

impl std::error::Error for EditError {}
