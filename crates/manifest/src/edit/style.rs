//! How a document is laid out: what is added follows it.

use std::collections::BTreeMap;

use super::layout::Document;
use super::text::{column, indentation};
use crate::tree::{NodeId, Value};

/// The habits of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Habits {
    /// By how much a map in a map is indented.
    pub(super) step: usize,
    /// By how much a list's dashes are indented under their key.
    pub(super) dash: usize,
    /// Its line break.
    pub(super) line_break: &'static str,
    /// Whether the document is JSON.
    pub(super) json: bool,
    /// One step of indentation of JSON that is spread over lines.
    pub(super) json_step: String,
}

impl Habits {
    pub(super) fn of(doc: &Document<'_>) -> Self {
        let mut steps = BTreeMap::new();
        let mut dashes = BTreeMap::new();
        for id in (0..doc.tree.len()).filter_map(|it| u32::try_from(it).ok()).map(NodeId).filter(|it| doc.is_block(*it)) {
            let Value::Mapping(entries) = &doc.tree.node(id).value else { continue };
            for entry in entries.iter().filter(|it| doc.is_block(it.value)) {
                let own = column(doc.text, doc.extent(entry.key).start);
                let of = column(doc.text, doc.extent(entry.value).start);
                let tally = if matches!(doc.tree.node(entry.value).value, Value::Mapping(_)) { &mut steps } else { &mut dashes };
                *tally.entry(of.saturating_sub(own)).or_insert(0usize) += 1;
            }
        }
        let root = doc.extent(doc.tree.root());
        let json = root.flow && doc.text[root.start..root.end].trim_start_matches(|c: char| "{[ \t\r\n".contains(c)).starts_with(['"', '}', ']']);
        Self { step: most(&steps).unwrap_or(2).max(1), dash: most(&dashes).unwrap_or(0), line_break: line_break(doc.text), json, json_step: json_step(doc) }
    }
}

/// What was counted most often, the smaller of equals.
fn most(tally: &BTreeMap<usize, usize>) -> Option<usize> {
    tally.iter().rev().max_by_key(|it| it.1).map(|it| *it.0)
}

/// The break of the first line.
pub(super) fn line_break(text: &str) -> &'static str {
    if text.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r')) { "\r\n" } else { "\n" }
}

/// An object cut out of a List is indented as a whole: its closing bracket shows by how much.
fn json_step(doc: &Document<'_>) -> String {
    let root = doc.tree.root();
    if doc.size(root) == 0 {
        return "  ".to_owned();
    }
    let base = indentation(doc.text, doc.extent(root).end);
    let first = indentation(doc.text, doc.child_start(root, 0));
    let step = first.strip_prefix(base).unwrap_or(first);
    if step.is_empty() { "  ".to_owned() } else { step.to_owned() }
}
