//! Charts and Kustomize roots, rendered by their own programs, and the way back from what they wrote.

mod helm;
mod kustomize;
mod run;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seatrial_manifest::split::Chunk;
use seatrial_manifest::trace::SourceTexts;
use seatrial_model::Version;

pub use helm::Helm;
pub use kustomize::Kustomize;

/// Larger source files are not read for places.
const LARGEST_SOURCE: u64 = 4 << 20;
/// More source files than this are not read for places.
const MOST_SOURCES: usize = 5_000;

/// How the user wants charts rendered.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Values files; the last one wins.
    pub values: &'a [PathBuf],
    /// `key=value` settings that win over all files.
    pub sets: &'a [String],
    /// Release name, the chart's folder without.
    pub release: Option<&'a str>,
    /// Namespace of the release.
    pub namespace: Option<&'a str>,
    /// The version that templates see.
    pub target: Version,
}

/// Something that makes manifests of a folder.
pub trait Renderer {
    /// Renders `root`.
    ///
    /// # Errors
    /// The program is missing or failed.
    fn render(&self, root: &Path, request: &Request<'_>) -> Result<Rendered, RenderError>;
}

/// What a renderer wrote.
#[derive(Debug)]
pub struct Rendered {
    /// `helm` or `kustomize`.
    pub tool: &'static str,
    /// The root as it is shown.
    pub root: String,
    /// Its whole output.
    pub text: String,
    /// The files it was made of.
    pub sources: SourceTexts,
    /// What else is known of where its documents come from.
    pub back: Back,
}

/// The way back from a document to its source.
#[derive(Debug)]
pub enum Back {
    /// Templates and values.
    Helm {
        /// Values files as they are shown.
        values: Vec<String>,
    },
    /// The origin of each document by its number.
    Kustomize {
        /// Where Kustomize says that a document comes from.
        origins: BTreeMap<u32, seatrial_manifest::trace::kustomize::Origin>,
    },
}

/// Why a root could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    /// The file at fault, as it is shown; the root where none is named.
    pub file: String,
    /// 1-based line, 0 for the whole file.
    pub line: u32,
    /// 1-based column, 0 where it is not known.
    pub column: u32,
    /// Why, and what would help.
    pub reason: String,
}

impl RenderError {
    fn whole(root: &str, reason: String) -> Self {
        Self { file: root.to_owned(), line: 0, column: 0, reason }
    }
}

impl Rendered {
    /// The source file that a document is shown to come from; `previous` is that of the document before it.
    pub fn file_of(&self, chunk: &Chunk<'_>, previous: Option<&str>) -> String {
        match &self.back {
            Back::Helm { .. } => helm::template_of(&self.root, chunk.text).or_else(|| previous.map(str::to_owned)).unwrap_or_else(|| self.root.clone()),
            Back::Kustomize { origins } => kustomize::file_of(self, origins.get(&chunk.document)),
        }
    }
}

/// A root's path as it is shown: without `./` and `..` in its middle.
fn shown(root: &Path) -> String {
    seatrial_manifest::trace::join("", &root.to_string_lossy())
}

/// Reads a source file unless it is too large, not text or not there: places in it are then not known.
fn read_source(sources: &mut SourceTexts, name: String, path: &Path) {
    let small = path.metadata().is_ok_and(|it| it.is_file() && it.len() <= LARGEST_SOURCE);
    if !small || sources.len() >= MOST_SOURCES || sources.contains_key(&name) {
        return;
    }
    if let Ok(text) = std::fs::read_to_string(path) {
        sources.insert(name, text);
    }
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
