//! Quoted values and brackets that go on further left than YAML's grammar allows, which the readers of Kubernetes' tools accept.
//!
//! Blanks at the start of such a line mean nothing, so more of them make the text valid without changing what it says.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Node, ParseError, Tree, Value, narrow, yaml};

/// What is put before a line: more than real manifests are indented by.
const PAD: u32 = 120;
/// How many bytes all tries on one text may read.
const BUDGET: usize = 64 << 20;

/// Reads `text`, of which `error` is the first error, with lines moved right as far as that helps.
pub(super) fn parse<'t>(text: &str, mut error: ParseError) -> Option<(Vec<Tree<'t>>, Option<ParseError>)> {
    let mut moved: BTreeSet<u32> = BTreeSet::new();
    let mut padded = text.to_owned();
    let mut read = 0;
    loop {
        let lines = lines_of(&padded, &error);
        let before = moved.len();
        moved.extend(lines);
        read += padded.len();
        if moved.len() == before {
            return None;
        }
        padded = pad(text, &moved);
        let (trees, now) = yaml::read(&padded);
        match now {
            Some(it) if read < BUDGET && is_outdented(&it) => error = it,
            now => {
                let trees = trees.into_iter().map(|it| moved_back(it, &moved)).collect();
                return Some((trees, now.map(|it| ParseError { column: back(it.line, it.column, &moved), ..it })));
            }
        }
    }
}

pub(super) fn is_outdented(error: &ParseError) -> bool {
    matches!(error.message.as_str(), "invalid indentation" | "invalid indentation in quoted scalar" | "invalid indentation in flow construct")
}

/// The lines to be moved for an error: all further ones of a quoted value, else the line itself.
fn lines_of(text: &str, error: &ParseError) -> Vec<u32> {
    let at = error.line.saturating_sub(1) as usize;
    let Some(line) = text.split('\n').nth(at) else { return Vec::new() };
    let before: usize = line.chars().take(error.column.saturating_sub(1) as usize).map(char::len_utf8).sum();
    if !error.message.ends_with("quoted scalar") {
        return if line[..before].trim().is_empty() { vec![error.line] } else { Vec::new() };
    }
    let start: usize = text.split('\n').take(at).map(|it| it.len() + 1).sum::<usize>() + before;
    let breaks = length_of_quoted(&text[start..]).map_or(0, |len| text[start..start + len].matches('\n').count());
    (error.line + 1..=error.line + narrow(breaks)).collect()
}

/// How many bytes the quoted value at the start of `text` has.
fn length_of_quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes.first().filter(|it| matches!(it, b'"' | b'\''))?;
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 1,
            it if it == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 1,
            it if it == quote => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
}

fn pad(text: &str, moved: &BTreeSet<u32>) -> String {
    let blanks = " ".repeat(PAD as usize);
    let mut out = String::with_capacity(text.len() + moved.len() * PAD as usize);
    for (number, line) in (1u32..).zip(text.split_inclusive('\n')) {
        // An empty line is a line break of the value: blanks would not change that, but need not be there.
        if moved.contains(&number) && !line.trim().is_empty() {
            out.push_str(&blanks);
        }
        out.push_str(line);
    }
    out
}

/// The column that a column of the padded text stands for.
fn back(line: u32, column: u32, moved: &BTreeSet<u32>) -> u32 {
    if column > PAD && column != u32::MAX && moved.contains(&line) { column - PAD } else { column }
}

fn moved_back<'t>(tree: Tree<'_>, moved: &BTreeSet<u32>) -> Tree<'t> {
    let own = |value: Value<'_>| match value {
        Value::Scalar { text, style } => Value::Scalar { text: Cow::Owned(text.into_owned()), style },
        Value::Sequence(it) => Value::Sequence(it),
        Value::Mapping(it) => Value::Mapping(it),
        Value::Alias(it) => Value::Alias(it),
    };
    let node = |mut it: Node<'_>| {
        it.span.column = back(it.span.line, it.span.column, moved);
        it.span.end_column = back(it.span.end_line, it.span.end_column, moved);
        Node { span: it.span, value: own(it.value) }
    };
    Tree { nodes: tree.nodes.into_iter().map(node).collect(), root: tree.root, duplicate_keys: tree.duplicate_keys, shadowed: tree.shadowed }
}

#[cfg(test)]
mod tests {
    use seatrial_model::Path;

    use super::super::parse;

    #[test]
    fn quoted_values_and_brackets_may_go_on_at_the_left() {
        let text = "spec:\n  args: [\n    \"a\",\n  \"b\", c\n  ]\n  text: 'one\n  two\n\n  it''s'\n  next: \"x\\\n y\"\n  last: 1\n";
        let (trees, error) = parse(text);
        assert_eq!(error, None);
        let tree = &trees[0];
        let value = |path: &str| tree.find(&Path::of(path)).and_then(|it| tree.text(it)).map(str::to_owned);
        assert_eq!(value("spec.args[1]").as_deref(), Some("b"));
        assert_eq!(value("spec.text").as_deref(), Some("one two\nit's"));
        assert_eq!(value("spec.next").as_deref(), Some("xy"));
        let b = tree.place(&Path::of("spec.args[1]"));
        assert_eq!((b.line, b.column, b.end_column), (4, 3, 6));
        let last = tree.place(&Path::of("spec.last"));
        assert_eq!((last.line, last.column), (12, 3));
    }

    #[test]
    fn what_is_wrong_otherwise_stays_an_error() {
        for text in ["a: 'x\nb: 1\n", "a:\n  b: [\n]x\n", "a:\n  - [\n  1\n", "a: \"\n"] {
            assert!(parse(text).1.is_some(), "{text}");
        }
    }
}
