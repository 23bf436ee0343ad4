//! Cutting a text into its documents.

use seatrial_model::Origin;

/// One document's text and where it stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'t> {
    /// The text, its `---` line included.
    pub text: &'t str,
    /// Byte offset in the file.
    pub offset: u64,
    /// Line of its first byte, 1-based.
    pub line: u32,
    /// Column of its first byte, 1-based: more than 1 only for objects cut out of a JSON text.
    pub column: u32,
    /// Which document of the file, 0-based.
    pub document: u32,
}

impl Chunk<'_> {
    /// The place of the whole document.
    pub fn origin(&self, file: u32) -> Origin {
        Origin { file, offset: self.offset, len: self.text.len() as u64, line: self.line, column: self.column, document: self.document, item: None }
    }
}

/// The documents of a YAML text: a line that starts with `---` begins a new one, wherever it stands.
pub fn documents(text: &str) -> Vec<Chunk<'_>> {
    let text = text.strip_prefix('\u{feff}').map_or((text, 0), |rest| (rest, 3));
    let (text, skipped) = text;
    let mut cuts = vec![(0usize, 1u32)];
    let mut at = 0;
    let mut only_directives = true;
    for (line, piece) in (1..).zip(text.split_inclusive('\n')) {
        let is_marker = piece.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        if is_marker && at > 0 && !only_directives {
            cuts.push((at, line));
        }
        only_directives = if is_marker { false } else { only_directives && (piece.starts_with(['%', '#']) || piece.trim().is_empty()) };
        at += piece.len();
    }
    let ends = cuts.iter().skip(1).map(|it| it.0).chain([text.len()]);
    let mut found: Vec<Chunk<'_>> = Vec::with_capacity(cuts.len());
    for (&(from, line), to) in cuts.iter().zip(ends) {
        let document = u32::try_from(found.len()).unwrap_or(u32::MAX);
        found.push(Chunk { text: &text[from..to], offset: (from + skipped) as u64, line, column: 1, document });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_cut_and_lines_count_on() {
        let found = documents("# head\n---\na: 1\n---\nb: |\n  --- not a marker\n--- # c\nc: 1\n");
        let lines: Vec<_> = found.iter().map(|it| (it.line, it.text.lines().count())).collect();
        assert_eq!(lines, [(1, 3), (4, 3), (7, 2)]);
    }
}
