//! Positions in a text: lines, breaks, and the blanks between tokens.

use crate::tree::Span;

/// How many characters lie between two noted positions: conversion walks at most so many.
const STRIDE: usize = 256;

/// Converts the lines and columns of spans to byte offsets.
pub(super) struct Offsets<'t> {
    text: &'t str,
    /// Number of the first character of each line.
    lines: Vec<usize>,
    /// Byte offset of every [`STRIDE`]th character.
    marks: Vec<usize>,
}

impl<'t> Offsets<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut lines = vec![0];
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut before = '\0';
        for (number, (at, c)) in text.char_indices().enumerate() {
            if number % STRIDE == 0 {
                marks.push(at);
            }
            // YAML breaks lines at LF, CRLF and a lone CR.
            if before == '\r' && c != '\n' || before == '\n' {
                lines.push(number);
            }
            before = c;
        }
        if before == '\n' || before == '\r' {
            lines.push(text.chars().count());
        }
        Self { text, lines, marks }
    }

    /// Byte offset of a 1-based line and column, held within the line.
    fn at(&self, line: u32, column: u32) -> usize {
        let Some(&first) = self.lines.get((line as usize).saturating_sub(1)) else { return self.text.len() };
        let number = first.saturating_add((column as usize).saturating_sub(1));
        match self.lines.get(line as usize) {
            Some(&next) if number >= next => line_end(self.text, self.byte(first)),
            _ => self.byte(number),
        }
    }

    fn byte(&self, number: usize) -> usize {
        let Some(&mark) = self.marks.get(number / STRIDE) else { return self.text.len() };
        self.text[mark..].char_indices().nth(number % STRIDE).map_or(self.text.len(), |(at, _)| mark + at)
    }

    pub(super) fn start(&self, span: Span) -> usize {
        self.at(span.line, span.column)
    }

    pub(super) fn end(&self, span: Span) -> usize {
        self.at(span.end_line, span.end_column)
    }
}

/// Where the line of `at` ends, its break excluded.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |it| at + it)
}

/// Where the next line begins, `at` being a line's end.
pub(super) fn after_break(text: &str, at: usize) -> usize {
    match text.as_bytes()[at..] {
        [b'\r', b'\n', ..] => at + 2,
        [b'\r' | b'\n', ..] => at + 1,
        _ => at,
    }
}

/// Where the line of `at` begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |it| it + 1)
}

/// The break before a line that begins at `at`, or `at` itself.
pub(super) fn before_break(text: &str, at: usize) -> usize {
    let before = &text[..at];
    let end = before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n')).or_else(|| before.strip_suffix('\r'));
    end.map_or(at, str::len)
}

/// How many characters stand before `at` on its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].chars().count()
}

/// The blanks that the line of `at` begins with.
pub(super) fn indentation(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Whether nothing but blanks stands before `at` on its line.
pub(super) fn begins_line(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at].trim_matches([' ', '\t', '\u{feff}']).is_empty()
}

/// The next position that is not a space or a tab.
pub(super) fn skip_spaces(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start_matches([' ', '\t']).len()
}

/// The next position that is neither blank nor comment.
pub(super) fn skip_blank(text: &str, mut at: usize) -> usize {
    loop {
        at = text.len() - text[at..].trim_start_matches([' ', '\t', '\n', '\r', '\u{feff}']).len();
        let is_comment = text[at..].starts_with('#') && (at == 0 || text[..at].ends_with([' ', '\t', '\n', '\r', '\u{feff}', ',', '[', '{']));
        if !is_comment {
            return at;
        }
        at = line_end(text, at);
    }
}

/// Steps over anchors and tags; gives where the last of them ends and where the value begins.
pub(super) fn skip_properties(text: &str, from: usize) -> (usize, usize) {
    let (mut end, mut at) = (from, from);
    while text[at..].starts_with(['&', '!']) {
        end = text[at..].find([' ', '\t', '\n', '\r', ',', ']', '}']).map_or(text.len(), |it| at + it);
        at = skip_blank(text, end);
    }
    (end, at)
}

/// Whether the rest of the line holds only a comment, if anything.
pub(super) fn ends_line(text: &str, at: usize) -> bool {
    let at = skip_spaces(text, at);
    at == text.len() || text[at..].starts_with(['\n', '\r', '#'])
}
