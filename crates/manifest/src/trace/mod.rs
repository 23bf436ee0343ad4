//! From rendered text back to the files it was made of: templates, values, resources and patches.
//!
//! Renderers keep no source map. What can be proved (a literal line, an equal value at the traced field) is told apart from what is
//! only likely; nothing here reads a file.

mod columns;
pub mod document;
pub mod helm;
pub mod kustomize;

use std::collections::BTreeMap;

use seatrial_model::{Path, Step};

use crate::tree::{NodeId, Span, Tree};

/// Texts of source files by the path they are shown with.
pub type SourceTexts = BTreeMap<String, String>;

/// A place in a source file behind a rendered field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePlace {
    /// The file, a key of [`SourceTexts`].
    pub file: String,
    /// Where in the file.
    pub span: Span,
    /// Whether the place follows from the texts; else it is the likely one.
    pub proved: bool,
    /// Where a template takes the value from.
    pub values: Vec<ValuePlace>,
}

/// A key in a values file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuePlace {
    /// The values file.
    pub file: String,
    /// Where in the file.
    pub span: Span,
    /// Whether the value there is the rendered one.
    pub proved: bool,
}

/// A field of an object as a path from its document's root.
pub fn in_document(item: Option<u32>, path: &Path) -> Path {
    match item {
        Some(item) if path.0.first() != Some(&Step::Key("items".into())) => {
            Path([Step::Key("items".into()), Step::Index(item)].into_iter().chain(path.0.iter().cloned()).collect())
        }
        _ => path.clone(),
    }
}

/// The text of `key.key...` below a node.
fn text_at<'a>(tree: &'a Tree<'_>, from: NodeId, keys: &[&str]) -> Option<&'a str> {
    let at = keys.iter().try_fold(from, |at, key| tree.child(at, key))?;
    tree.text(at)
}

/// Moves a span of a document to where the document begins in its file.
fn shifted(span: Span, first_line: u32) -> Span {
    Span { line: span.line + first_line - 1, end_line: span.end_line + first_line - 1, ..span }
}

/// `relative` as seen from `folder`: `overlays/prod` and `../../base` give `base`.
pub fn join(folder: &str, relative: &str) -> String {
    let mut pieces: Vec<&str> = Vec::new();
    let is_absolute = folder.starts_with('/') || relative.starts_with('/');
    let folder = if relative.starts_with('/') { "" } else { folder };
    for piece in folder.split('/').chain(relative.split('/')).filter(|it| !it.is_empty() && *it != ".") {
        match piece {
            ".." if pieces.last().is_some_and(|it| *it != "..") => drop(pieces.pop()),
            ".." if is_absolute => {}
            _ => pieces.push(piece),
        }
    }
    match (pieces.is_empty(), is_absolute) {
        (true, false) => ".".to_owned(),
        (_, true) => format!("/{}", pieces.join("/")),
        (false, false) => pieces.join("/"),
    }
}
