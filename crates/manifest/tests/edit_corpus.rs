//! Edits of real manifests: what is not touched stays byte by byte.
//!
//! `SEATRIAL_CORPUS` names the shared folder, whose `corpus` holds repositories with their manifests under `files`.

use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};

use seatrial_manifest::edit::{Placement, apply};
use seatrial_manifest::split::{Chunk, documents};
use seatrial_manifest::tree::{NodeId, Tree, Value, parse};
use seatrial_model::{Change, Edit, Path, Step};

/// How many fields of a document are tried, and how many bytes all tries may read of a long one.
const TRIES: usize = 4;
const BYTES: usize = 100_000;

#[test]
fn only_the_touched_lines_of_real_manifests_change() {
    let Some(corpus) = std::env::var_os("SEATRIAL_CORPUS") else {
        println!("skipped: SEATRIAL_CORPUS is not set");
        return;
    };
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for file in manifests(&FilePath::new(&corpus).join("corpus")) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for whole in documents(&text) {
            // Each document by itself: long files would otherwise be read once per field.
            let chunk = Chunk { offset: 0, line: 1, document: 0, ..whole };
            if let ([tree], None) = (&parse(chunk.text).0[..], parse(chunk.text).1) {
                try_document(&chunk, tree, &mut tally, &mut |what| failures.push(format!("{}:{}: {what}", file.display(), whole.line)));
            }
        }
    }
    tally.iter().for_each(|(what, count)| println!("{what}: {count}"));
    assert!(tally.get("set").is_some_and(|it| *it > 0), "nothing was edited");
    // An edit that would change more than it should is refused, which is safe; that it happens often would not be good enough.
    let count = |what: &str| tally.get(what).copied().unwrap_or(0);
    assert!(count("refused: WouldCorrupt") * 10_000 <= count("set") + count("remove"), "too many edits are refused as WouldCorrupt");
    assert!(failures.is_empty(), "{} failures, such as\n{}", failures.len(), failures[..failures.len().min(20)].join("\n"));
}

fn manifests(corpus: &FilePath) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(corpus).into_iter().flatten().flatten().map(|it| it.path().join("files")).filter(|it| it.is_dir()).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "yaml" || it == "yml" || it == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn try_document(chunk: &Chunk<'_>, tree: &Tree<'_>, tally: &mut BTreeMap<String, usize>, fail: &mut impl FnMut(String)) {
    let mut fields = Vec::new();
    collect(tree, tree.root(), &Path::root(), &mut fields);
    let text = chunk.text;
    let stride = fields.len() / TRIES.min(BYTES / text.len().max(1) + 1) + 1;
    let added = Path::of("metadata.labels").key("seatrial.dev/tried");
    let mut changes = vec![Change::Set { path: added, yaml: "\"1\"".to_owned() }];
    for (path, is_list) in fields.into_iter().step_by(stride) {
        changes.push(Change::Remove { path: path.clone() });
        if is_list {
            changes.push(Change::Append { path: path.clone(), yaml: "name: tried\nvalue: \"1\"".to_owned() });
        }
        changes.push(Change::Set { path, yaml: "tried".to_owned() });
    }
    for change in changes {
        match apply(text, &[Edit { origin: chunk.origin(0), change: change.clone() }], Placement::SameFile) {
            Ok(edited) => {
                *tally.entry(kind(&change).to_owned()).or_default() += 1;
                if let Some(what) = touched_too_much(text, &edited.text, &change, chunk, tree) {
                    fail(format!("{change:?}: {what}"));
                }
            }
            Err(error) => {
                let why = format!("{:?}", error.why);
                *tally
                    .entry(format!("refused: {}", if why.starts_with("Unsupported") { &why } else { why.split('(').next().unwrap_or_default() }))
                    .or_default() += 1;
            }
        }
    }
}

fn kind(change: &Change) -> &'static str {
    match change {
        Change::Set { .. } => "set",
        Change::Append { .. } => "append",
        Change::Remove { .. } => "remove",
        Change::Create { .. } => "create",
    }
}

/// Every field that is written, and whether it is a list.
fn collect(tree: &Tree<'_>, id: NodeId, path: &Path, fields: &mut Vec<(Path, bool)>) {
    match &tree.node(id).value {
        Value::Mapping(entries) => {
            for it in entries.iter().filter(|it| tree.text(it.key) != Some("<<")) {
                let path = path.key(tree.text(it.key).unwrap_or_default());
                fields.push((path.clone(), matches!(tree.node(it.value).value, Value::Sequence(_))));
                collect(tree, it.value, &path, fields);
            }
        }
        Value::Sequence(items) => {
            for (index, it) in items.iter().enumerate() {
                fields.push((path.index(index), false));
                collect(tree, *it, &path.index(index), fields);
            }
        }
        _ => {}
    }
}

/// The lines that differ must be those of the field; a line beside it may change with it (`- name: x`, `key:`, a comma).
fn touched_too_much(before: &str, after: &str, change: &Change, chunk: &Chunk<'_>, tree: &Tree<'_>) -> Option<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let gone = old.len() - head - tail;
    let (path, allowed) = match change {
        Change::Append { .. } => return (gone > 1).then(|| format!("{gone} lines gone")),
        Change::Set { path, .. } | Change::Remove { path } => (path, height(tree, path)),
        Change::Create { .. } => return None,
    };
    let line = (chunk.line + tree.place(path).line - 1) as usize;
    let is_near = tree.find(path).is_none() || head + 3 + allowed >= line;
    (gone > allowed + 1 || !is_near).then(|| format!("{gone} lines gone from {head}, the field has {allowed} from {line}"))
}

/// How many lines the field has, with blocks around it that hold nothing else.
fn height(tree: &Tree<'_>, path: &Path) -> usize {
    let mut path = path.clone();
    let lines = |path: &Path| {
        let value = tree.find(path).map(|it| tree.node(it).span);
        let is_element = matches!(path.0.last(), Some(Step::Index(_)));
        let key = value.filter(|_| is_element).unwrap_or_else(|| tree.place(path));
        value.map_or(0, |it| (it.end_line.max(key.line) - key.line) as usize + 1)
    };
    let mut most = lines(&path);
    while !path.is_root() {
        path = path.parent();
        let only = tree.find(&path).is_some_and(|it| tree.entries(it).len() + tree.items(it).len() == 1);
        if !only {
            break;
        }
        most = most.max(lines(&path));
    }
    most
}
