//! From a document and a field's path to a place in a file, and to the lines around it.

use seatrial_model::{Origin, Path, Step};

use crate::snippet::Lines;
use crate::tree::{Span, Tree, parse};

/// The text of one document, parsed once for all the places asked of it.
pub struct Document<'t> {
    trees: Vec<Tree<'t>>,
    lines: Lines<'t>,
    origin: Origin,
}

impl<'t> Document<'t> {
    /// The document that `origin` names; `text` is its text alone.
    pub fn new(origin: Origin, text: &'t str) -> Self {
        Self { trees: parse(text).0, lines: Lines::new(text), origin }
    }

    /// Where `path` stands, or the smallest block that should contain it. Lines and columns count in the file.
    pub fn place(&self, item: Option<u32>, path: &Path) -> Span {
        let Some(tree) = self.trees.first() else {
            return Span { line: self.origin.line, column: self.origin.column, end_line: self.origin.line, end_column: self.origin.column };
        };
        let span = match item {
            Some(item) if path.0.first() != Some(&Step::Key("items".into())) => {
                let mut steps = vec![Step::Key("items".into()), Step::Index(item)];
                steps.extend(path.0.iter().cloned());
                if path.is_root() { tree.place(&Path(steps).join("metadata.name")) } else { tree.place(&Path(steps)) }
            }
            _ => tree.place(path),
        };
        self.shift(Span { end_column: if span.end_column == u32::MAX { self.lines.end_of(span.end_line) } else { span.end_column }, ..span })
    }

    /// The lines of a place and `around` more on both sides, secrets masked, with the number of the first of them.
    /// None where they say nothing to a reader, or where it is not known what in them is secret.
    pub fn snippet(&self, place: Span, around: u32) -> Option<(u32, String)> {
        let shift = self.origin.line - 1;
        let [tree] = &self.trees[..] else { return None };
        let first = place.line.checked_sub(shift)?.saturating_sub(around).max(1);
        let last = place.end_line.min(place.line.saturating_add(2)).checked_sub(shift)?.saturating_add(around);
        self.lines.is_readable(place.line - shift).then(|| (first + shift, self.lines.shown(tree, first, last)))
    }

    fn shift(&self, span: Span) -> Span {
        let column = |line: u32, column: u32| if line == 1 { column.saturating_add(self.origin.column - 1) } else { column };
        Span {
            line: span.line + self.origin.line - 1,
            column: column(span.line, span.column),
            end_line: span.end_line + self.origin.line - 1,
            end_column: column(span.end_line, span.end_column),
        }
    }
}
