//! Edits of a file's text that keep its comments, quotes, anchors and layout: only the touched bytes change.
//!
//! After every edit the text is read again: it must mean what the old one meant plus the change, or the edit is refused.

mod create;
mod data;
mod diff;
mod error;
mod extents;
mod layout;
mod order;
mod patch;
mod remove;
mod render;
mod run;
mod set;
mod splice;
mod style;
mod text;

use std::collections::BTreeMap;
use std::ops::Range;

use seatrial_model::{Change, Edit, Origin, Path};

pub use diff::diff;
pub use error::{EditError, Refusal};
pub use patch::{Patch, patch};

use crate::split::documents;
use crate::tree::parse;
use order::Task;

/// Where created objects go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Into the file that is edited, as further documents. JSON files hold one document: there they are returned all the same.
    SameFile,
    /// Into [`Edited::created`], for the caller to place.
    Separate,
}

/// A file's text after its edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The text.
    pub text: String,
    /// Objects that are not in it.
    pub created: Vec<Created>,
}

/// An object to be written to a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// What to call the file, without its ending.
    pub name: String,
    /// Its text.
    pub yaml: String,
}

/// Makes all `edits` of one file, whose text is `text`. Paths mean the document as it was read, whatever other edits do.
///
/// Equal edits count once; removing what is not there changes nothing.
///
/// # Errors
/// The first edit that cannot be made faithfully; the others can be tried without it.
pub fn apply(text: &str, edits: &[Edit], placement: Placement) -> Result<Edited, EditError> {
    let mut by_document: BTreeMap<u64, (Origin, Vec<Task>)> = BTreeMap::new();
    for (index, edit) in edits.iter().enumerate() {
        if let Some(task) = Task::new(index, edit) {
            let task = task.map_err(|why| refused(index, edit.origin.line, path_of(edit), why))?;
            by_document.entry(edit.origin.offset).or_insert_with(|| (edit.origin, Vec::new())).1.push(task);
        }
    }
    let mut out = text.to_owned();
    // From the back, so that offsets stay true.
    for (origin, tasks) in by_document.into_values().rev() {
        edit_document(&mut out, text, origin, tasks)?;
    }
    add_created(out, edits, placement)
}

fn edit_document(out: &mut String, text: &str, origin: Origin, tasks: Vec<Task>) -> Result<(), EditError> {
    let first = tasks.first().map_or(0, |it| it.edit);
    let Some(range) = range_of(text, origin) else { return Err(refused(first, origin.line, Path::root(), Refusal::Moved)) };
    let edited = run::document(&text[range.clone()], tasks).map_err(|(edit, path, why)| {
        let line = run::line(&text[range.clone()], &path) + origin.line - 1;
        refused(edit, line, path, why)
    })?;
    out.replace_range(range, &edited);
    Ok(())
}

/// Where the document stands: as the text is cut into documents, or an object within a JSON text.
fn range_of(text: &str, origin: Origin) -> Option<Range<usize>> {
    let from = usize::try_from(origin.offset).ok()?;
    let range = from..from.checked_add(usize::try_from(origin.len).ok()?)?;
    let cut = text.get(range.clone())?;
    let is_object = is_json(text) && cut.starts_with('{') && cut.ends_with('}');
    let is_whole = || documents(text).iter().any(|it| it.offset == origin.offset && it.text.len() as u64 == origin.len);
    (is_object || is_whole()).then_some(range)
}

fn is_json(text: &str) -> bool {
    text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).starts_with(['{', '['])
}

fn refused(edit: usize, line: u32, path: Path, why: Refusal) -> EditError {
    EditError { edit, path, line, why }
}

fn path_of(edit: &Edit) -> Path {
    match &edit.change {
        Change::Set { path, .. } | Change::Append { path, .. } | Change::Remove { path } => path.clone(),
        Change::Create { .. } => Path::root(),
    }
}

fn add_created(mut text: String, edits: &[Edit], placement: Placement) -> Result<Edited, EditError> {
    let mut seen: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    let mut created = Vec::new();
    let same_file = placement == Placement::SameFile && !is_json(&text);
    for (index, edit) in edits.iter().enumerate() {
        let Change::Create { name, yaml } = &edit.change else { continue };
        let (first, known) = *seen.entry(name).or_insert((index, yaml));
        if known != yaml {
            return Err(refused(index, edit.origin.line, Path::root(), Refusal::Conflict(first)));
        }
        if first != index {
            continue;
        }
        if let (_, Some(error)) = parse(yaml) {
            return Err(refused(index, edit.origin.line, Path::root(), Refusal::Unreadable(error.message)));
        }
        if same_file {
            text = create::appended(&text, yaml);
        } else {
            created.push(Created { name: name.clone(), yaml: yaml.clone() });
        }
    }
    Ok(Edited { text, created })
}

#[cfg(test)]
mod tests;
