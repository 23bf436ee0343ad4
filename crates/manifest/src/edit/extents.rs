//! Where every value of a document begins and ends, byte by byte.

use super::error::Refusal;
use super::text::{Offsets, line_end, skip_blank, skip_properties, skip_spaces};
use crate::tree::{NodeId, Tree, Value};

/// The place of a value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    /// After the colon, dash or bracket that the value follows.
    pub(super) head: usize,
    /// Where the value begins, its anchor and tag included.
    pub(super) outer: usize,
    /// Where its anchor and tag end.
    pub(super) properties: usize,
    /// Where the value itself begins; of a list in block style, its first dash.
    pub(super) start: usize,
    /// Where its last token ends; equal to `start` where nothing is written.
    pub(super) end: usize,
    /// Whether it stands in brackets, its own or those of a block around it.
    pub(super) flow: bool,
}

/// The place of every node, by its number.
pub(super) fn extents(text: &str, tree: &Tree<'_>) -> Result<Vec<Extent>, Refusal> {
    let mut walk = Walk { text, tree, offsets: Offsets::new(text), extents: vec![Extent::default(); tree.len()] };
    walk.visit(tree.root(), content_start(text), false)?;
    Ok(walk.extents)
}

/// Where a document's content may begin: after directives and its marker.
fn content_start(text: &str) -> usize {
    let mut at = skip_blank(text, 0);
    while text[at..].starts_with('%') {
        at = skip_blank(text, line_end(text, at));
    }
    let is_marker = text[at..].strip_prefix("---").is_some_and(|it| it.is_empty() || it.starts_with([' ', '\t', '\n', '\r']));
    if is_marker { at + 3 } else { at }
}

/// Reads a document's tokens along its tree.
struct Walk<'a, 't> {
    text: &'t str,
    tree: &'a Tree<'t>,
    offsets: Offsets<'t>,
    extents: Vec<Extent>,
}

impl Walk<'_, '_> {
    fn visit(&mut self, id: NodeId, head: usize, in_flow: bool) -> Result<usize, Refusal> {
        let tree = self.tree;
        let node = tree.node(id);
        if let Some(extent) = self.blank(id, head, in_flow) {
            self.extents[id.0 as usize] = extent;
            return Ok(extent.end);
        }
        let outer = skip_blank(self.text, head);
        let (properties, start) = skip_properties(self.text, outer);
        let own = match &node.value {
            Value::Mapping(entries) => {
                self.text[start..].starts_with('{') && entries.first().is_none_or(|it| self.offsets.start(tree.node(it.key).span) > start)
            }
            Value::Sequence(_) => self.text[start..].starts_with('['),
            _ => false,
        };
        let flow = in_flow || own;
        let end = match &node.value {
            Value::Mapping(entries) => self.mapping(entries, start, flow)?,
            Value::Sequence(items) => self.sequence(items, start, flow)?,
            _ => self.scalar_end(id, start),
        };
        let end = if own { self.closed(if end == start { start + 1 } else { end })? } else { end };
        self.extents[id.0 as usize] = Extent { head, outer, properties, start, end, flow };
        Ok(end)
    }

    /// The place of a value that is not written: `key:` with nothing behind it, perhaps an anchor.
    fn blank(&self, id: NodeId, head: usize, flow: bool) -> Option<Extent> {
        if !matches!(&self.tree.node(id).value, Value::Scalar { text, .. } if text.is_empty()) {
            return None;
        }
        let outer = skip_spaces(self.text, head);
        let (end, start) = skip_properties(self.text, outer);
        let is_written = self.text[start..].starts_with(['"', '\'', '|', '>']) && self.offsets.end(self.tree.node(id).span) > start;
        if is_written {
            return None;
        }
        let (outer, end) = if end > outer { (outer, end) } else { (head, head) };
        Some(Extent { head, outer, properties: end, start: end, end, flow })
    }

    fn mapping(&mut self, entries: &[crate::tree::Entry], start: usize, flow: bool) -> Result<usize, Refusal> {
        let tree = self.tree;
        let mut end = start;
        for entry in entries {
            let Value::Scalar { .. } = tree.node(entry.key).value else { return Err(Refusal::Unsupported("keys that are not scalars")) };
            let span = tree.node(entry.key).span;
            let from = self.offsets.start(span);
            let to = self.scalar_end(entry.key, skip_properties(self.text, from).1);
            self.extents[entry.key.0 as usize] = Extent { head: from, outer: from, properties: from, start: from, end: to, flow };
            let colon = skip_spaces(self.text, to);
            let head = match self.text[colon..].chars().next() {
                Some(':') => colon + 1,
                _ if flow => to,
                _ => return Err(Refusal::Unsupported("keys with `?`")),
            };
            end = self.visit(entry.value, head, flow)?;
        }
        Ok(end)
    }

    fn sequence(&mut self, items: &[NodeId], start: usize, flow: bool) -> Result<usize, Refusal> {
        let mut end = start;
        for (index, &item) in items.iter().enumerate() {
            let mut head = if index == 0 { start } else { skip_blank(self.text, end) };
            if flow && index == 0 || self.text[head..].starts_with(if flow { ',' } else { '-' }) {
                head += 1;
            } else {
                return Err(Refusal::Unsupported("lists of this layout"));
            }
            end = self.visit(item, head, flow)?;
        }
        Ok(end)
    }

    /// Where the brackets end whose last child ends at `at`. The parser's own ends reach over comments that follow.
    fn closed(&self, at: usize) -> Result<usize, Refusal> {
        let mut at = skip_blank(self.text, at);
        if self.text[at..].starts_with(',') {
            at = skip_blank(self.text, at + 1);
        }
        if self.text[at..].starts_with(['}', ']']) { Ok(at + 1) } else { Err(Refusal::Unsupported("brackets of this layout")) }
    }

    fn scalar_end(&self, id: NodeId, start: usize) -> usize {
        match self.text.as_bytes().get(start) {
            Some(b'"') => return quotes_end(self.text, start, b'"'),
            Some(b'\'') => return quotes_end(self.text, start, b'\''),
            _ => {}
        }
        let end = self.offsets.end(self.tree.node(id).span).max(start);
        let written = self.text[start..end].trim_end();
        if !written.starts_with(['|', '>']) {
            return start + written.len();
        }
        // A block scalar is reported up to the next token; blanks at the end of its last line are its own.
        line_end(self.text, start + written.len())
    }
}

/// Where a quoted scalar that begins at `start` ends.
fn quotes_end(text: &str, start: usize, quote: u8) -> usize {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        let is_doubled = quote == b'\'' && byte == quote && bytes.get(at + 1) == Some(&quote);
        match byte {
            b'\\' if quote == b'"' => at += 2,
            _ if is_doubled => at += 2,
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}
