//! Laws of edits: the text means what the edited data means, and untouched lines stay as they are.

use proptest::prelude::*;
use seatrial_manifest::edit::{Placement, Refusal, apply};
use seatrial_manifest::split::documents;
use seatrial_manifest::tree::parse;
use seatrial_model::{Change, Edit, Path, Step};
use serde_json::{Map, Value, json};

/// How a document is written.
#[derive(Clone, Copy, Debug)]
struct Layout {
    step: usize,
    dash: usize,
    crlf: bool,
    comments: bool,
    last_break: bool,
    /// Depth from which brackets are used.
    brackets: usize,
    quotes: bool,
}

fn layouts() -> impl Strategy<Value = Layout> {
    let habits = (prop_oneof![Just(2usize), Just(4)], prop_oneof![Just(0usize), Just(2)], 0usize..5);
    (habits, any::<[bool; 4]>()).prop_map(|((step, dash, brackets), [crlf, comments, last_break, quotes])| Layout {
        step,
        dash,
        crlf,
        comments,
        last_break,
        brackets,
        quotes,
    })
}

fn scalars() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        "[a-z]{1,6}",
        "[a-z0-9:#,{}\\[\\]'\" \\\\&*!|>%@`-]{0,8}",
        "[äöü日]{1,3}",
        Just("yes".to_owned()),
        Just("0644".to_owned()),
        Just("a\nb\n".to_owned())
    ];
    prop_oneof![words.prop_map(Value::from), any::<bool>().prop_map(Value::from), (-99i64..9999).prop_map(Value::from), Just(Value::Null)]
}

fn trees() -> impl Strategy<Value = Value> {
    let values = scalars().prop_recursive(4, 24, 4, |inner| {
        let keys = prop_oneof!["[a-d]", Just("x.y/z".to_owned())];
        prop_oneof![prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array), prop::collection::btree_map(keys, inner, 0..4).prop_map(|it| json!(it))]
    });
    prop::collection::btree_map("[a-f]", values, 1..5).prop_map(|it| json!(it))
}

/// The document's text.
fn written(value: &Value, layout: Layout) -> String {
    let mut lines = Vec::new();
    let Value::Object(entries) = value else { return String::new() };
    map(entries, 0, 0, layout, &mut lines);
    let line_break = if layout.crlf { "\r\n" } else { "\n" };
    let text = lines.join(line_break);
    if layout.last_break { text + line_break } else { text }
}

fn map(entries: &Map<String, Value>, column: usize, depth: usize, layout: Layout, lines: &mut Vec<String>) {
    for (key, value) in entries {
        if layout.comments && depth < 2 {
            lines.push(format!("{}# about {key}", " ".repeat(column)));
        }
        lines.push(format!("{}{key}:", " ".repeat(column)));
        let nested = column + if value.is_array() { layout.dash } else { layout.step };
        below(value, nested, depth + 1, layout, lines);
    }
}

/// Writes a value behind what the last line holds, or below it.
fn below(value: &Value, column: usize, depth: usize, layout: Layout, lines: &mut Vec<String>) {
    let in_brackets = depth >= layout.brackets;
    match value {
        Value::Object(entries) if !entries.is_empty() && !in_brackets => map(entries, column, depth, layout, lines),
        Value::Array(items) if !items.is_empty() && !in_brackets => {
            for item in items {
                let mut inner = Vec::new();
                let plain = Layout { comments: false, ..layout };
                below(item, column + 2, depth + 1, plain, &mut inner);
                let mut inner = inner.into_iter();
                let first = inner.next().unwrap_or_default();
                let is_scalar = !(item.is_object() || item.is_array())
                    || item.as_array().is_some_and(Vec::is_empty)
                    || item.as_object().is_some_and(Map::is_empty)
                    || depth + 1 >= layout.brackets;
                lines.push(if is_scalar {
                    format!("{}- {}", " ".repeat(column), first.trim_start())
                } else {
                    format!("{}- {}", " ".repeat(column), &first[column + 2..])
                });
                lines.extend(inner);
            }
        }
        it => {
            let text = if *it == Value::Null && layout.quotes { String::new() } else { one_line(it, layout) };
            let comment = if layout.comments { "  # why" } else { "" };
            match lines.last_mut() {
                Some(line) => line.push_str(format!(" {text}{comment}").trim_end()),
                None => lines.push(format!("{text}{comment}")),
            }
        }
    }
}

fn one_line(value: &Value, layout: Layout) -> String {
    match value {
        Value::String(it) if layout.quotes && !it.contains(['\n', '\\']) => format!("'{}'", it.replace('\'', "''")),
        Value::Array(items) => format!("[{}]", items.iter().map(|it| one_line(it, layout)).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => format!("{{{}}}", entries.iter().map(|(key, it)| format!("{key}: {}", one_line(it, layout))).collect::<Vec<_>>().join(", ")),
        it => it.to_string(),
    }
}

/// What a text means.
fn meaning(text: &str) -> Value {
    use seatrial_manifest::scalar::Scalar;
    use seatrial_manifest::tree::{self, NodeId, Tree};
    fn of(tree: &Tree<'_>, id: NodeId) -> Value {
        match &tree.get(id).value {
            tree::Value::Mapping(entries) => {
                entries.iter().map(|it| (tree.text(it.key).unwrap_or_default().to_owned(), of(tree, it.value))).collect::<Map<_, _>>().into()
            }
            tree::Value::Sequence(items) => items.iter().map(|it| of(tree, *it)).collect::<Vec<_>>().into(),
            _ => match tree.scalar(id) {
                Some(Scalar::Bool(it)) => it.into(),
                Some(Scalar::Int(it)) => it.into(),
                Some(Scalar::Float(it)) => it.into(),
                Some(Scalar::Str(it)) => it.into(),
                _ => Value::Null,
            },
        }
    }
    let (trees, error) = parse(text);
    assert_eq!(error, None, "{text}");
    trees.first().map_or(Value::Null, |it| of(it, it.root()))
}

fn paths(value: &Value, at: &Path, found: &mut Vec<Path>) {
    let children: Vec<(Path, &Value)> = match value {
        Value::Object(entries) => entries.iter().map(|(key, it)| (at.key(key), it)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, it)| (at.index(index), it)).collect(),
        _ => return,
    };
    for (path, it) in children {
        paths(it, &path, found);
        found.push(path);
    }
}

fn at<'v>(value: &'v mut Value, path: &Path) -> Option<&'v mut Value> {
    path.0.iter().try_fold(value, |at, step| match step {
        Step::Key(key) => at.get_mut(key.as_str()),
        Step::Index(index) => at.get_mut(*index as usize),
    })
}

/// The data after the change; `None` where it cannot be made.
fn changed(mut value: Value, change: &Change) -> Option<Value> {
    match change {
        Change::Set { path, yaml } => {
            let fresh = meaning(yaml);
            if let Some(it) = at(&mut value, path) {
                *it = fresh;
                return Some(value);
            }
            let parent = at(&mut value, &path.parent())?;
            if parent.is_null() {
                *parent = json!({});
            }
            let Some(Step::Key(key)) = path.0.last() else { return None };
            parent.as_object_mut()?.insert(key.as_str().to_owned(), fresh);
        }
        Change::Append { path, yaml } => {
            let list = at(&mut value, path)?;
            if list.is_null() {
                *list = json!([]);
            }
            list.as_array_mut()?.push(meaning(yaml));
        }
        Change::Remove { path } => take(&mut value, path),
        Change::Create { .. } => {}
    }
    Some(value)
}

fn take(value: &mut Value, path: &Path) {
    let parent = path.parent();
    let Some(block) = at(value, &parent) else { return };
    match (&mut *block, path.0.last()) {
        (Value::Object(entries), Some(Step::Key(key))) => drop(entries.remove(key.as_str())),
        (Value::Array(items), Some(Step::Index(index))) => drop(items.remove(*index as usize)),
        _ => {}
    }
    let is_empty = block.as_object().is_some_and(Map::is_empty) || block.as_array().is_some_and(Vec::is_empty);
    if is_empty && matches!(parent.0.last(), Some(Step::Key(_))) {
        take(value, &parent);
    }
}

fn change(value: &Value, pick: prop::sample::Index, kind: u8, fresh: &Value) -> Change {
    let mut found = Vec::new();
    paths(value, &Path::root(), &mut found);
    let path = found[pick.index(found.len())].clone();
    let layout = Layout { step: 2, dash: 0, crlf: false, comments: false, last_break: false, brackets: 9, quotes: true };
    let yaml = if fresh.is_object() { written(fresh, layout) } else { one_line(fresh, layout) };
    match kind % 4 {
        0 => Change::Set { path, yaml },
        1 => Change::Set { path: path.key("fresh"), yaml },
        2 => Change::Append { path, yaml },
        _ => Change::Remove { path },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn an_edited_text_means_the_edited_data(value in trees(), layout in layouts(), pick: prop::sample::Index, kind: u8, fresh in prop_oneof![scalars(), trees()]) {
        let text = written(&value, layout);
        prop_assert_eq!(&meaning(&text), &value, "the test's own writer:\n{}", text);
        let change = change(&value, pick, kind, &fresh);
        let edit = Edit { origin: documents(&text)[0].origin(0), change: change.clone() };
        match (apply(&text, std::slice::from_ref(&edit), Placement::Separate), changed(value, &change)) {
            (Ok(edited), Some(expected)) => {
                prop_assert_eq!(meaning(&edited.text), expected, "{:?}\n{}\n->\n{}", change, text, edited.text);
                // The same edit again changes nothing more, unless it adds one more element.
                if matches!(change, Change::Set { .. }) {
                    let again = Edit { origin: documents(&edited.text)[0].origin(0), change };
                    prop_assert_eq!(apply(&edited.text, &[again], Placement::Separate).map(|it| it.text), Ok(edited.text));
                }
            }
            (Err(error), expected) => {
                let corrupt = matches!(error.why, Refusal::WouldCorrupt | Refusal::Unreadable(_) | Refusal::Unsupported(_));
                prop_assert!(expected.is_none() && !corrupt, "{:?} refused: {}\n{}", change, error, text);
            }
            (Ok(edited), None) => prop_assert!(false, "{:?} made of\n{}\n->\n{}", change, text, edited.text),
        }
    }

    #[test]
    fn comments_beside_an_edit_survive_it(value in trees(), layout in layouts(), pick: prop::sample::Index, fresh in scalars()) {
        let text = written(&value, Layout { comments: true, ..layout });
        let change = change(&value, pick, 1, &fresh);
        let edit = Edit { origin: documents(&text)[0].origin(0), change };
        if let Ok(edited) = apply(&text, &[edit], Placement::Separate) {
            prop_assert_eq!(edited.text.matches('#').count() >= text.matches("# ").count(), true, "{}\n->\n{}", text, edited.text);
            let kept = text.split_inclusive('\n').filter(|line| edited.text.contains(line.trim_end())).count();
            prop_assert!(kept + 1 >= text.split_inclusive('\n').count(), "{}\n->\n{}", text, edited.text);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-c:\\-#&*!|>{}\\[\\],'\" \n\r\t?%é.]{0,60}", kind: u8) {
        let change = match kind % 3 {
            0 => Change::Set { path: Path::of("a.b"), yaml: "x: 1".to_owned() },
            1 => Change::Append { path: Path::of("a"), yaml: "x".to_owned() },
            _ => Change::Remove { path: Path::of("a") },
        };
        for chunk in documents(&text) {
            let _ = apply(&text, &[Edit { origin: chunk.origin(0), change: change.clone() }], Placement::SameFile);
        }
    }
}
