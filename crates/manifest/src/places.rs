//! From a document and a field's path to a place in a file.

use seatrial_model::{Origin, Path, Step};

use crate::tree::{Span, Tree, parse};

/// The text of one document, parsed once for all the places asked of it.
pub struct Document<'t> {
    trees: Vec<Tree<'t>>,
    origin: Origin,
}

impl<'t> Document<'t> {
    /// The document that `origin` names; `text` is its text alone.
    pub fn new(origin: Origin, text: &'t str) -> Self {
        Self { trees: parse(text).0, origin }
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
        self.shift(span)
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
