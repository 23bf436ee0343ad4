//! Taking a field out, with the blocks that become empty by it.

use seatrial_model::Path;

use super::data::Data;
use super::error::Refusal;
use super::layout::{Document, Of, Slot};
use super::set::replace;
use super::splice::Splice;
use super::style::Habits;
use super::text::{after_break, before_break, begins_line, ends_line, line_end, line_start, skip_blank, skip_spaces};
use crate::tree::{NodeId, Value};

/// How to take out what is at `path`; blocks that become empty go too, but neither list elements nor what is at depth `floor` or above.
pub(super) fn remove(doc: &Document<'_>, habits: &Habits, path: &Path, floor: usize) -> Result<Vec<Splice>, Refusal> {
    let slots = doc.walk(path)?;
    if slots.len() <= path.0.len() {
        let lacks = slots.last().zip(path.0.get(slots.len() - 1));
        let merged = lacks.is_some_and(|(slot, step)| doc.has_merged(slot.id, step));
        return if merged { Err(Refusal::Shared(path.to_string())) } else { Ok(Vec::new()) };
    }
    let mut depth = slots.len() - 1;
    while depth > floor + 1 && doc.size(slots[depth - 1].id) == 1 && matches!(slots[depth - 1].of, Of::Entry(..)) {
        depth -= 1;
    }
    let slot = slots[depth];
    if doc.is_needed_elsewhere(slot.id) {
        return Err(Refusal::Shared(path.to_string()));
    }
    let (Of::Entry(of, index) | Of::Item(of, index)) = slot.of else { return Err(Refusal::Unsupported("whole documents")) };
    if doc.size(of) == 1 {
        let empty = if matches!(doc.tree.node(of).value, Value::Mapping(_)) { Data::Map(Vec::new()) } else { Data::List(Vec::new()) };
        return Ok(replace(doc, habits, slots[depth - 1], &empty));
    }
    Ok(if doc.extent(of).flow { in_brackets(doc, of, index) } else { vec![in_block(doc, of, index, slot)] })
}

fn in_block(doc: &Document<'_>, of: NodeId, index: usize, slot: Slot) -> Splice {
    let text = doc.text;
    let start = doc.child_start(of, index);
    let end = if doc.is_block(slot.id) || !doc.is_blank(slot.id) { doc.lines_end(slot.id) } else { line_end(text, doc.extent(slot.id).end) };
    if begins_line(text, start) {
        let (from, to) = (line_start(text, start), after_break(text, end));
        return if to == end { Splice::delete(before_break(text, from), end) } else { Splice::delete(from, to) };
    }
    // The first of its block stands behind a dash: the next one moves there, unless a comment of its own stands between.
    if index + 1 < doc.size(of) {
        let next = doc.child_start(of, index + 1);
        if text[end..next].trim().is_empty() {
            return Splice::delete(start, next);
        }
    }
    Splice::delete(text[..start].trim_end_matches([' ', '\t']).len(), end)
}

fn in_brackets(doc: &Document<'_>, of: NodeId, index: usize) -> Vec<Splice> {
    let text = doc.text;
    let (start, end) = (doc.child_start(of, index), doc.child_end(of, index));
    let is_last = index + 1 == doc.size(of);
    if is_last && !text[doc.child_end(of, index - 1)..start].contains('#') {
        return vec![Splice::delete(doc.child_end(of, index - 1), end)];
    }
    let comma = skip_blank(text, end);
    let to = if text[comma..].starts_with(',') { comma + 1 } else { end };
    if begins_line(text, start) && ends_line(text, to) {
        return vec![Splice::delete(line_start(text, start), after_break(text, line_end(text, to)))];
    }
    vec![Splice::delete(start, if is_last { to } else { skip_spaces(text, to) })]
}
