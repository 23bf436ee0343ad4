//! What each kind of edit does to each kind of layout.

#![allow(clippy::unwrap_used, reason = "an edit that fails is the test's failure")]

use seatrial_model::{Change, Edit, Origin, Path};

use super::{Placement, Refusal, apply, diff};
use crate::split::documents;

mod append;
mod create;
mod json;
mod refusals;
mod remove;
mod set;

/// An edit of a document of `text`.
fn edit(text: &str, document: usize, item: Option<u32>, change: Change) -> Edit {
    let origin = documents(text)[document].origin(0);
    Edit { origin: Origin { item, ..origin }, change }
}

fn set(path: impl Into<Path>, yaml: &str) -> Change {
    Change::Set { path: path.into(), yaml: yaml.to_owned() }
}

fn append(path: impl Into<Path>, yaml: &str) -> Change {
    Change::Append { path: path.into(), yaml: yaml.to_owned() }
}

fn remove(path: impl Into<Path>) -> Change {
    Change::Remove { path: path.into() }
}

/// The text of one document after `changes`.
fn after(text: &str, changes: &[Change]) -> String {
    let edits: Vec<Edit> = changes.iter().map(|it| edit(text, 0, None, it.clone())).collect();
    apply(text, &edits, Placement::SameFile).unwrap().text
}

fn refusal(text: &str, changes: &[Change]) -> Refusal {
    let edits: Vec<Edit> = changes.iter().map(|it| edit(text, 0, None, it.clone())).collect();
    apply(text, &edits, Placement::SameFile).unwrap_err().why
}

#[track_caller]
fn check(before: &str, changes: &[Change], expected: &str) {
    assert_eq!(after(before, changes), expected);
}
