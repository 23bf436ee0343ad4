//! What was not read, and what would mend it.

use serde::{Deserialize, Serialize};

/// Something that was not collected. A gap never counts as an empty list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// What was not read, such as `nodes`.
    pub what: String,
    /// Why, in words that follow a colon.
    pub why: String,
    /// What the user can do about it.
    pub remedy: String,
}

impl Gap {
    /// Nothing that was selected needs it, so nobody asked.
    pub fn not_asked(need: crate::Need) -> Self {
        let why = "no selected check asks for it".to_owned();
        Self { what: need.name().to_owned(), why, remedy: "select a check that needs it".to_owned() }
    }
}

/// A fact that is known, or known not to have been read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Known<T> {
    /// Read, possibly empty.
    Yes(T),
    /// Not read.
    No(Gap),
}

impl<T> Known<T> {
    /// The fact, or the gap in its place.
    pub fn as_ref(&self) -> Result<&T, &Gap> {
        match self {
            Self::Yes(it) => Ok(it),
            Self::No(gap) => Err(gap),
        }
    }

    /// The fact, when it is known.
    pub fn known(&self) -> Option<&T> {
        self.as_ref().ok()
    }
}
