//! The document of a source file that became a rendered object, and the way of a rendered path through it.

use seatrial_model::{Path, Step};

use super::text_at;
use crate::split::{Chunk, documents};
use crate::tree::{NodeId, Tree, parse};

/// What tells objects of one file apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// API group, empty for the core.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Namespace, empty where none is written.
    pub namespace: String,
}

impl Identity {
    /// The identity of the object at `at`.
    pub fn of(tree: &Tree<'_>, at: NodeId) -> Self {
        let text = |keys: &[&str]| text_at(tree, at, keys).unwrap_or("").to_owned();
        let api_version = text(&["apiVersion"]);
        let group = api_version.split_once('/').map_or("", |it| it.0).to_owned();
        Self { group, kind: text(&["kind"]), name: text(&["metadata", "name"]), namespace: text(&["metadata", "namespace"]) }
    }

    /// Whether `source` can have become this object by prefixes, suffixes and a namespace.
    pub fn can_come_from(&self, source: &Self) -> bool {
        self.group == source.group && self.kind == source.kind && !source.name.is_empty() && self.name.contains(&source.name)
    }
}

/// An object in a source file.
pub struct SourceDocument<'t> {
    /// Its document.
    pub tree: Tree<'t>,
    /// The object in the document: an item of a List, or the root.
    pub at: NodeId,
    /// The object's path from the document's root.
    pub prefix: Path,
    /// Line of the document in the file.
    pub line: u32,
    /// Its identity.
    pub identity: Identity,
}

/// The object of `text` that became `rendered`: the same name before all, else the longest part of it.
pub fn find<'t>(text: &'t str, rendered: &Identity) -> Option<SourceDocument<'t>> {
    let mut best: Option<SourceDocument<'t>> = None;
    // Parsing is what costs: texts that do not even name the kind are passed over.
    for chunk in documents(text).into_iter().filter(|it| it.text.contains(&rendered.kind)) {
        for found in objects(&chunk) {
            let score = |it: &Identity| (it.name.len(), it.namespace == rendered.namespace);
            if rendered.can_come_from(&found.identity) && best.as_ref().is_none_or(|it| score(&found.identity) > score(&it.identity)) {
                best = Some(found);
            }
        }
    }
    best
}

fn objects<'t>(chunk: &Chunk<'t>) -> Vec<SourceDocument<'t>> {
    let mut found = Vec::new();
    for tree in parse(chunk.text).0 {
        let root = tree.root();
        let is_list = text_at(&tree, root, &["kind"]).is_some_and(|it| it.ends_with("List"));
        let items = tree.child(root, "items").filter(|_| is_list).map(|it| tree.items(it).to_vec());
        let places: Vec<(NodeId, Path)> = match items {
            Some(items) => items.into_iter().enumerate().map(|(index, at)| (at, Path::of("items").index(index))).collect(),
            None => vec![(root, Path::root())],
        };
        for (at, prefix) in places {
            let identity = Identity::of(&tree, at);
            found.push(SourceDocument { tree: tree.clone(), at, prefix, line: chunk.line, identity });
        }
    }
    found
}

/// How far a rendered path could be followed in a source.
pub struct Followed {
    /// The path there: list elements may stand elsewhere.
    pub path: Path,
    /// The node reached.
    pub node: NodeId,
    /// How many steps were followed.
    pub depth: usize,
}

/// Follows `path` of `rendered` below `from` in `source`; list elements are told by their name or by being equal.
pub fn follow(rendered: &Tree<'_>, path: &[Step], source: &Tree<'_>, from: NodeId, prefix: &Path) -> Followed {
    let mut followed = Followed { path: prefix.clone(), node: from, depth: 0 };
    let mut at = Some(rendered.root());
    for step in path {
        let (next, place, below) = match step {
            Step::Key(key) => (at.and_then(|it| rendered.child(it, key)), source.child(followed.node, key), Step::Key(key.clone())),
            Step::Index(index) => {
                let element = at.and_then(|it| rendered.items(it).get(*index as usize).copied());
                let place = element.and_then(|it| counterpart(rendered, it, source, followed.node, *index as usize));
                (element, place.map(|it| it.1), Step::Index(place.map_or(0, |it| u32::try_from(it.0).unwrap_or(u32::MAX))))
            }
        };
        let Some(place) = place else { break };
        followed.path.0.push(below);
        (followed.node, at) = (place, next);
        followed.depth += 1;
    }
    followed
}

/// Keys that Kubernetes merges lists by, the usual one first.
const MERGE_KEYS: [&str; 9] = ["name", "containerPort", "mountPath", "port", "devicePath", "topologyKey", "ip", "host", "key"];

fn counterpart(rendered: &Tree<'_>, element: NodeId, source: &Tree<'_>, list: NodeId, index: usize) -> Option<(usize, NodeId)> {
    let items = source.items(list);
    let find = |same: &dyn Fn(NodeId) -> bool| items.iter().position(|it| same(*it)).map(|at| (at, items[at]));
    if let Some(text) = rendered.text(element) {
        return find(&|it| source.text(it) == Some(text));
    }
    for key in MERGE_KEYS {
        if let Some(value) = text_at(rendered, element, &[key]) {
            return find(&|it| text_at(source, it, &[key]) == Some(value));
        }
    }
    find(&|it| equal(rendered, element, source, it)).or_else(|| items.get(index).map(|it| (index, *it)).filter(|_| items.len() == 1))
}

/// Whether two values are the same, whatever the order of their keys.
fn equal(a: &Tree<'_>, at: NodeId, b: &Tree<'_>, bt: NodeId) -> bool {
    match (a.text(at), b.text(bt)) {
        (Some(x), Some(y)) => return x == y,
        (None, None) => {}
        _ => return false,
    }
    let (entries, items) = (a.merged(at), a.items(at));
    entries.len() == b.merged(bt).len()
        && items.len() == b.items(bt).len()
        && entries.iter().all(|it| a.text(it.key).and_then(|key| b.child(bt, key)).is_some_and(|other| equal(a, it.value, b, other)))
        && items.iter().zip(b.items(bt)).all(|(x, y)| equal(a, *x, b, *y))
}
