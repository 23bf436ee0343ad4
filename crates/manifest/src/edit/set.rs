//! Writing a value where one stands or none.

use seatrial_model::{Path, Step};

use super::data::Data;
use super::error::Refusal;
use super::layout::{Document, Of, Slot};
use super::render::{Brackets, after_key, block, entry, pad, requoted};
use super::splice::Splice;
use super::style::Habits;
use super::text::{begins_line, column, ends_line, indentation, line_end, skip_blank, skip_spaces};
use crate::scalar::{Scalar, resolve};
use crate::tree::{Style, Value};

/// How to write `data` at `path`.
pub(super) fn set(doc: &Document<'_>, habits: &Habits, path: &Path, data: Data) -> Result<Vec<Splice>, Refusal> {
    let slots = doc.walk(path)?;
    let Some(&slot) = slots.last() else { return Err(Refusal::WouldCorrupt) };
    let rest = &path.0[slots.len() - 1..];
    let Some((step, deeper)) = rest.split_first() else {
        if doc.is_needed_elsewhere(slot.id) {
            return Err(Refusal::Shared(path.to_string()));
        }
        return Ok(replace(doc, habits, slot, &data));
    };
    let data = data.within(deeper)?;
    if let Step::Index(index) = step
        && *index as usize != doc.size(slot.id)
    {
        return Err(Refusal::NoSuchElement(path.to_string()));
    }
    Ok(add(doc, habits, slot, step, data))
}

/// How to write `data` as the last element of the list at `path`.
pub(super) fn append(doc: &Document<'_>, habits: &Habits, path: &Path, data: Data) -> Result<Vec<Splice>, Refusal> {
    let slots = doc.walk(path)?;
    let whole = slots.len() > path.0.len();
    let list = slots.last().filter(|_| whole).map_or(0, |it| doc.size(it.id));
    set(doc, habits, &path.index(list), data)
}

/// Adds a child to the block in `slot`, which lacks it.
fn add(doc: &Document<'_>, habits: &Habits, slot: Slot, step: &Step, data: Data) -> Vec<Splice> {
    if doc.size(slot.id) == 0 {
        let data = match step {
            Step::Key(key) => Data::Map(vec![(key.as_str().to_owned(), data)]),
            Step::Index(_) => Data::List(vec![data]),
        };
        return replace(doc, habits, slot, &data);
    }
    if doc.extent(slot.id).flow {
        return add_in_brackets(doc, habits, slot, step, &data);
    }
    let column = column(doc.text, doc.child_start(slot.id, 0));
    let text = match step {
        Step::Key(key) => entry(key, &data, column, habits),
        Step::Index(_) => {
            let gap = gap(doc, slot);
            format!("-{}{}", pad(gap), block(&data, column + 1 + gap, habits))
        }
    };
    vec![Splice::insert(doc.lines_end(slot.id), format!("\n{}{text}", pad(column)))]
}

/// How many blanks follow the dash of a list's last element.
fn gap(doc: &Document<'_>, list: Slot) -> usize {
    let Value::Sequence(items) = &doc.tree.node(list.id).value else { return 1 };
    let at = items.last().map(|it| doc.extent(*it));
    at.filter(|it| doc.text[it.head..it.outer].chars().all(|c| c == ' ')).map_or(1, |it| it.outer - it.head).max(1)
}

fn add_in_brackets(doc: &Document<'_>, habits: &Habits, slot: Slot, step: &Step, data: &Data) -> Vec<Splice> {
    let last = doc.size(slot.id) - 1;
    let (start, end) = (doc.child_start(slot.id, last), doc.child_end(slot.id, last));
    let own_line = begins_line(doc.text, start);
    let brackets = brackets(doc, habits, slot, own_line.then(|| indentation(doc.text, start)));
    let text = match step {
        Step::Key(key) => brackets.entry(key, data),
        Step::Index(_) => brackets.value(data),
    };
    let comma = skip_blank(doc.text, end);
    let has_comma = doc.text[comma..].starts_with(',');
    let end = if has_comma { comma + 1 } else { end };
    let comma = if has_comma { "" } else { "," };
    if !own_line {
        return vec![Splice::insert(end, format!("{comma}{}{text}", if brackets.dense { "" } else { " " }))];
    }
    let text = format!("\n{}{text}{}", indentation(doc.text, start), if has_comma { "," } else { "" });
    let at = if ends_line(doc.text, end) { line_end(doc.text, end) } else { end };
    if at == end { vec![Splice::insert(end, format!("{comma}{text}"))] } else { vec![Splice::insert(end, comma), Splice::insert(at, text)] }
}

/// How values in or at `slot` are written in brackets; `lines`: the indentation of a line that is theirs alone.
fn brackets(doc: &Document<'_>, habits: &Habits, slot: Slot, lines: Option<&str>) -> Brackets {
    let holder = match slot.of {
        Of::Entry(of, _) | Of::Item(of, _) if doc.size(slot.id) == 0 => of,
        _ => slot.id,
    };
    let first = match &doc.tree.node(holder).value {
        Value::Mapping(entries) if doc.extent(holder).flow => entries.first(),
        _ => None,
    };
    let json = habits.json || first.is_some_and(|it| doc.text[doc.extent(it.key).start..].starts_with('"'));
    let root = doc.extent(doc.tree.root());
    let dense = match first {
        Some(it) => doc.text[doc.extent(it.value).head..].starts_with(|c: char| !c.is_whitespace()) && !doc.is_blank(it.value),
        None => habits.json && !doc.text[root.start..root.end].contains([' ', '\n']),
    };
    Brackets { json, dense, lines: lines.filter(|_| habits.json).map(|it| (it.to_owned(), habits.json_step.clone())) }
}

/// Writes `data` over the value in `slot`.
pub(super) fn replace(doc: &Document<'_>, habits: &Habits, slot: Slot, data: &Data) -> Vec<Splice> {
    let at = doc.extent(slot.id);
    let in_brackets = match slot.of {
        Of::Root => at.flow && habits.json,
        Of::Entry(of, _) | Of::Item(of, _) => doc.extent(of).flow,
    };
    if in_brackets || at.flow && data.is_block() && doc.size(slot.id) > 0 {
        return replace_in_brackets(doc, habits, slot, data);
    }
    let (first, rest) = match slot.of {
        Of::Entry(of, index) => behind_key(doc, habits, slot, data, column(doc.text, doc.child_start(of, index))),
        Of::Item(of, index) => behind_dash(doc, habits, slot, data, column(doc.text, doc.child_start(of, index))),
        Of::Root => (block(data, 0, habits), String::new()),
    };
    if doc.is_block(slot.id) { replace_block(doc, slot, first, rest) } else { replace_inline(doc, slot, first, rest) }
}

fn behind_key(doc: &Document<'_>, habits: &Habits, slot: Slot, data: &Data, column: usize) -> (String, String) {
    cut(in_old_quotes(doc, slot, data).unwrap_or_else(|| after_key(data, column, habits)))
}

fn behind_dash(doc: &Document<'_>, habits: &Habits, slot: Slot, data: &Data, dash: usize) -> (String, String) {
    let at = doc.extent(slot.id);
    let gap = if doc.text[at.head..at.outer].contains(['\n', '\r']) { 1 } else { (at.outer - at.head).max(1) };
    cut(in_old_quotes(doc, slot, data).unwrap_or_else(|| format!(" {}", block(data, dash + 1 + gap, habits))))
}

/// What belongs on the first line, and the lines after it with the break before them.
fn cut(text: String) -> (String, String) {
    match text.find('\n') {
        Some(at) => (text[..at].to_owned(), text[at..].to_owned()),
        None => (text, String::new()),
    }
}

/// A string that takes the place of a quoted one is quoted alike.
fn in_old_quotes(doc: &Document<'_>, slot: Slot, data: &Data) -> Option<String> {
    let Data::Leaf { text, style } = data else { return None };
    if !matches!(resolve(text, *style), Scalar::Str(_)) {
        return None;
    }
    let quote = doc.text[doc.extent(slot.id).start..].chars().next().filter(|it| ['"', '\''].contains(it))?;
    let is_quoted = matches!(doc.tree.node(slot.id).value, Value::Scalar { style: Style::String, .. }) && !text.contains('\n');
    is_quoted.then(|| format!(" {}", requoted(text, quote)))
}

fn replace_in_brackets(doc: &Document<'_>, habits: &Habits, slot: Slot, data: &Data) -> Vec<Splice> {
    let at = doc.extent(slot.id);
    let line = match slot.of {
        Of::Entry(of, index) | Of::Item(of, index) => Some(doc.child_start(of, index)),
        Of::Root => Some(at.start),
    };
    let brackets = brackets(doc, habits, slot, line.filter(|it| begins_line(doc.text, *it)).map(|it| indentation(doc.text, it)));
    let text = match data {
        Data::Leaf { .. } => in_old_quotes(doc, slot, data).map_or_else(|| brackets.value(data), |it| it.trim_start().to_owned()),
        _ => brackets.value(data),
    };
    if !doc.is_blank(slot.id) {
        return vec![Splice::replace(kept_from(doc, slot), at.end, text)];
    }
    let colon = if doc.text[..at.head].ends_with(':') { " " } else { ": " };
    vec![Splice::replace(at.end, skip_spaces(doc.text, at.end), format!("{colon}{text}"))]
}

/// From where a value on the line of its key is written over: behind an anchor, which nothing uses, but not behind a tag.
fn kept_from(doc: &Document<'_>, slot: Slot) -> usize {
    let at = doc.extent(slot.id);
    let is_tagged = doc.text[at.outer..at.properties].contains('!');
    if is_tagged { at.outer } else { at.start }
}

/// A value on the line of its key or dash; what follows it on the line is a comment and stays.
fn replace_inline(doc: &Document<'_>, slot: Slot, first: String, rest: String) -> Vec<Splice> {
    let at = doc.extent(slot.id);
    let over = if doc.is_blank(slot.id) {
        Splice::insert(at.end, first)
    } else if first.is_empty() {
        Splice::delete(at.head, at.end)
    } else {
        Splice::replace(kept_from(doc, slot), at.end, first.trim_start())
    };
    if rest.is_empty() { vec![over] } else { vec![over, Splice::insert(line_end(doc.text, at.end), rest)] }
}

/// A block; the comment on the line of its key stays, those within go with it.
fn replace_block(doc: &Document<'_>, slot: Slot, first: String, rest: String) -> Vec<Splice> {
    let at = doc.extent(slot.id);
    let end = doc.lines_end(slot.id);
    let line = line_end(doc.text, at.head);
    if at.start < line || !matches!(slot.of, Of::Entry(..)) {
        return vec![Splice::replace(at.outer, end, format!("{}{rest}", first.trim_start()))];
    }
    let mut splices = vec![Splice::insert(at.head, first), Splice::replace(line, end, rest)];
    if at.properties > at.outer && at.outer < line {
        let blank = doc.text[..at.outer].trim_end_matches([' ', '\t']).len();
        splices.push(Splice::delete(blank, at.properties));
    }
    splices
}
