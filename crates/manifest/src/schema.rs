//! What the API server's decoder refuses: unserved kinds, unknown and doubled fields, wrong types, missing values.

mod definitions;
mod structural;
#[cfg(test)]
mod tests;
mod walk;
mod words;

use seatrial_facts::lifecycle::{self, Serving};
use seatrial_facts::schema as facts;
use seatrial_model::{Path, ProblemKind, Version};

pub use definitions::{Defined, Definitions};
pub use structural::Structural;
pub use words::distance;

use crate::admission;
use crate::at::At;
use crate::tree::{NodeId, Tree};

/// One reason for which an API server would refuse an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field; for a missing one its path although it is not written.
    pub path: Path,
    /// The node to point at: the value, the unknown or doubled key, or the block that lacks the field.
    pub at: NodeId,
    /// What kind of refusal.
    pub kind: ProblemKind,
    /// In words: what is wrong, and what is accepted.
    pub message: String,
}

/// Everything for which an API server of `version` would refuse the document's object, or the objects of a list.
///
/// Judges one object by itself: what depends on other objects in a cluster is not looked at. Kinds that neither Kubernetes nor the
/// tables nor `definitions` know are judged by their metadata only.
/// Source: kubernetes v1.36, strict field validation, and the default values of its built-in admission.
pub fn validate(tree: &Tree<'_>, version: Version, definitions: &Definitions) -> Vec<Violation> {
    let root = tree.root();
    let mut out = duplicates(tree);
    let is_list = tree.child(root, "kind").and_then(|it| tree.text(it)).is_some_and(|it| it.ends_with("List"));
    match tree.child(root, "items").filter(|_| is_list) {
        Some(items) => {
            for (at, id) in tree.items(items).iter().enumerate() {
                out.extend(validate_object(tree, *id, &Path::root().key("items").index(at), version, definitions));
            }
        }
        None => out.extend(validate_object(tree, root, &Path::root(), version, definitions)),
    }
    out
}

/// The same for one object at `id`, which stands at `base` in its document. Doubled keys are the document's: see [`duplicates`].
pub fn validate_object(tree: &Tree<'_>, id: NodeId, base: &Path, version: Version, definitions: &Definitions) -> Vec<Violation> {
    let object = At::root(tree, id, base);
    let (api_version, kind) = (object.key("apiVersion").str(), object.key("kind").str());
    if api_version.is_empty() || kind.is_empty() || kind.ends_with("List") {
        return Vec::new();
    }
    if let Some(message) = unserved(api_version, kind, version, definitions) {
        let key = tree.entry(id, "apiVersion").map_or(id, |it| it.value);
        return vec![Violation { path: base.key("apiVersion"), at: key, kind: ProblemKind::NotServed, message }];
    }
    let mut walk = walk::Walk::new(version.minor);
    let custom = definitions.find(api_version, kind).and_then(|it| it.types());
    let own = custom.is_none().then(|| facts::find(api_version, kind)).flatten();
    match (custom, own) {
        (Some((set, root)), _) => walk.object(set, root, false, &object),
        (None, Some(it)) => walk.known(it, &object),
        (None, None) => walk.metadata(&object.key("metadata")),
    }
    let mut out = walk.out;
    admission::judge(&object, api_version, kind, version, &mut out);
    if !out.is_empty() {
        settle(&mut out);
    }
    out
}

/// Keys that stand twice in one map, which strict decoding refuses.
pub fn duplicates(tree: &Tree<'_>) -> Vec<Violation> {
    let violation = |&at: &NodeId| {
        let name = tree.text(at).unwrap_or("");
        Violation {
            path: tree.path_of_key(at),
            at,
            kind: ProblemKind::DuplicateKey,
            message: format!("the key `{name}` stands twice in one map; only the last one counts"),
        }
    };
    tree.duplicate_keys.iter().map(violation).collect()
}

/// The values whose type is wrong, sorted: a typed reader must leave them out.
pub fn unreadable(violations: &[Violation]) -> Vec<NodeId> {
    let mut ids: Vec<NodeId> = violations.iter().filter(|it| it.kind == ProblemKind::WrongType).map(|it| it.at).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Puts violations in the order of the document and keeps one of each kind per field.
fn settle(out: &mut Vec<Violation>) {
    out.sort_by(|a, b| (a.at, &a.path, a.kind).cmp(&(b.at, &b.path, b.kind)));
    out.dedup_by(|a, b| (&a.path, a.kind) == (&b.path, b.kind));
}

/// Why an API server of `version` does not know the kind.
fn unserved(api_version: &str, kind: &str, version: Version, definitions: &Definitions) -> Option<String> {
    if let Some(it) = definitions.find(api_version, kind) {
        return (!it.served()).then(|| format!("its CustomResourceDefinition does not serve {api_version} {kind}"));
    }
    let instead = |row: &lifecycle::Row| match row.replacement {
        Some((api, kind)) => format!("; write {api} {kind}"),
        None => String::new(),
    };
    match lifecycle::serving(api_version, kind, version)? {
        Serving::Served | Serving::Deprecated(_) => None,
        Serving::OffByDefault(row) => Some(format!("{api_version} {kind} is off by default in Kubernetes {version}{}", instead(row))),
        Serving::NotYet(row) => Some(format!("{api_version} {kind} comes with Kubernetes {}, not yet with {version}", row.introduced)),
        Serving::Removed(row) => {
            let when = row.removed.map_or(String::new(), |it| format!(" in {it}"));
            Some(format!("Kubernetes removed {api_version} {kind}{when}{}", instead(row)))
        }
        // A client's configuration file, which nobody sends to a server.
        Serving::NoSuchKind if (api_version, kind) == ("v1", "Config") => None,
        Serving::NoSuchKind => Some(format!("Kubernetes {version} has no {api_version} {kind}")),
    }
}
