//! What fuzzing enters by: shared by the fuzz targets and by a smoke test that any compiler runs.

use seatrial_manifest::edit::{Placement, apply, diff, patch};
use seatrial_manifest::json;
use seatrial_manifest::places::Document;
use seatrial_manifest::read::{FileRef, Options, Part};
use seatrial_manifest::snippet;
use seatrial_manifest::split::documents;
use seatrial_manifest::tree::{NodeId, Tree, Value, parse};
use seatrial_model::{Change, Edit, Origin, Path, Snapshot, Version};

const FILE: FileRef<'static> = FileRef { id: 0, path: "x.yaml" };

/// Reads YAML; every place that is said lies in the text.
pub fn read_yaml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut options = Options::new(Version::minor(36));
    options.learn(text);
    check(seatrial_manifest::read::read_yaml(FILE, text, &options), text);
}

/// Reads JSON, whole and in pieces of one byte: both give the same.
pub fn read_json(data: &[u8]) {
    let options = Options::new(Version::minor(36));
    let (mut whole, mut pieces) = (Part::default(), Part::default());
    let first = json::read_json(FILE, data, &options, &mut whole).ok();
    let second = json::read_json(FILE, Pieces(data), &options, &mut pieces).ok();
    assert_eq!((first, whole.tally.objects, &whole.unread), (second, pieces.tally.objects, &pieces.unread));
    check(whole, &String::from_utf8_lossy(data));
}

struct Pieces<'a>(&'a [u8]);

impl std::io::Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = self.0.len().min(buffer.len()).min(1);
        buffer[..len].copy_from_slice(&self.0[..len]);
        self.0 = &self.0[len..];
        Ok(len)
    }
}

fn check(part: Part, text: &str) {
    let lines = u32::try_from(text.split(['\n', '\r']).count()).unwrap_or(u32::MAX);
    for it in &part.unread {
        assert!(it.line > 0 && it.line <= lines + 1, "{it:?} of {lines} lines");
    }
    let mut snapshot = Snapshot::empty(seatrial_model::Scope::Manifests, "2026-01-01T00:00:00Z".parse().expect("a date"));
    part.into_snapshot(&mut snapshot);
}

/// Edits the first fields of the first documents; what comes out can be read, and a patch of it can be made.
pub fn edit(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for chunk in documents(text).into_iter().take(2) {
        let (trees, None) = parse(chunk.text) else { continue };
        let [tree] = &trees[..] else { continue };
        let mut paths = Vec::new();
        fields(tree, tree.root(), &Path::root(), &mut paths);
        for path in paths.into_iter().take(6) {
            let origin = chunk.origin(0);
            for change in [
                Change::Set { path: path.clone(), yaml: "{a: [1, \"x\"]}".to_owned() },
                Change::Append { path: path.clone(), yaml: "new".to_owned() },
                Change::Remove { path },
            ] {
                if let Ok(it) = apply(text, &[Edit { origin, change }], Placement::SameFile) {
                    let _ = (diff("x.yaml", text, &it.text), patch("x.yaml", text, &it.text));
                }
            }
        }
    }
}

fn fields(tree: &Tree<'_>, id: NodeId, path: &Path, out: &mut Vec<Path>) {
    if out.len() > 20 {
        return;
    }
    if !path.is_root() {
        out.push(path.clone());
    }
    match &tree.node(id).value {
        Value::Mapping(entries) => entries.iter().for_each(|it| fields(tree, it.value, &path.key(tree.text(it.key).unwrap_or("")), out)),
        Value::Sequence(items) => items.iter().enumerate().for_each(|(at, it)| fields(tree, *it, &path.index(at), out)),
        _ => {}
    }
}

/// Shows every line of every document.
pub fn snippet(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = snippet::secret_lines(text);
    for chunk in documents(text) {
        let origin: Origin = chunk.origin(0);
        let document = Document::new(origin, chunk.text);
        let _ = document.place(Some(1), &Path::of("spec.containers[0].image"));
        for line in 1..=u32::try_from(chunk.text.lines().count()).unwrap_or(0).min(50) {
            let mut place = document.place(None, &Path::root());
            (place.line, place.end_line) = (origin.line + line - 1, origin.line + line);
            let _ = document.snippet(place, 1);
        }
    }
}
