//! Reading files into the parts of a Snapshot.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::{Account, Cluster, Gap, Head, InlineIgnore, Need, Object, Origin, Path, Problem, ProblemKind, Snapshot, Tally, Unread, Version};
use serde::Deserialize;

use crate::de::TreeDeserializer;
use crate::ignores;
use crate::said;
use crate::schema::Definitions;
use crate::split::{Chunk, documents};
use crate::tree::{NodeId, Tree, Value, parse};

/// How documents are taken.
pub struct Options {
    /// The version that objects are judged for.
    pub target: Version,
    /// Kinds that CustomResourceDefinitions among the inputs define.
    pub definitions: Definitions,
}

impl Options {
    /// Objects are judged for `target`; no kinds are defined yet.
    pub fn new(target: Version) -> Self {
        Self { target, definitions: Definitions::new() }
    }

    /// Learns the kinds that CustomResourceDefinitions in a text define.
    pub fn learn(&mut self, text: &str) {
        if !text.contains("CustomResourceDefinition") {
            return;
        }
        for chunk in documents(text).into_iter().filter(|it| it.text.contains("CustomResourceDefinition")) {
            for tree in &parse(chunk.text).0 {
                let root = tree.root();
                self.definitions.add(tree, root);
                for &item in tree.child(root, "items").map(|it| tree.items(it)).unwrap_or_default() {
                    self.definitions.add(tree, item);
                }
            }
        }
    }
}

/// What one file (or a part of one) gave.
#[derive(Default)]
pub struct Part {
    /// Objects.
    pub cluster: Cluster,
    /// Account facts, where a document holds them.
    pub account: Option<Account>,
    /// What the API server would refuse.
    pub problems: Vec<Problem>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// Suppressions.
    pub ignores: Vec<InlineIgnore>,
    /// Lists that were read, be they empty.
    pub listed: BTreeSet<Need>,
    /// Lists that are known not to have been read, as a recording says.
    pub gaps: BTreeMap<Need, Gap>,
    /// How much was read.
    pub tally: Tally,
    /// Whether objects came out of an API server's list.
    pub from_cluster: bool,
    /// Settings that a fixture or a recording writes down.
    pub header: Option<Header>,
}

/// A `seatrial.dev/v1alpha1` Snapshot document: when and of what a set of documents was taken.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Header {
    /// "Now".
    pub taken_at: Option<jiff::Timestamp>,
    /// `cluster` or `manifests`.
    pub scope: Option<seatrial_model::Scope>,
    /// The API server's version.
    pub server_version: Option<Version>,
    /// The only namespaces whose objects were read; empty where all were.
    pub namespaces: Vec<seatrial_model::Text>,
}

impl Header {
    /// Of two headers the first speaks; where either source was read in part, so were both.
    fn beside(mut self, other: Self) -> Self {
        self.taken_at = self.taken_at.or(other.taken_at);
        self.scope = self.scope.or(other.scope);
        self.server_version = self.server_version.or(other.server_version);
        self.namespaces.extend(other.namespaces);
        self.namespaces.sort();
        self.namespaces.dedup();
        self
    }
}

/// The group of Seatrial's own documents.
const OWN_GROUP: &str = "seatrial.dev";

/// One file's name and number.
#[derive(Clone, Copy, Debug)]
pub struct FileRef<'a> {
    /// Index into [`Snapshot::files`].
    pub id: u32,
    /// Path as it is shown.
    pub path: &'a str,
}

impl Part {
    /// Takes over what `other` gave.
    pub fn append(&mut self, other: Self) {
        self.cluster.append(other.cluster);
        self.account = self.account.take().or(other.account);
        self.problems.extend(other.problems);
        self.unread.extend(other.unread);
        self.ignores.extend(other.ignores);
        self.listed.extend(other.listed);
        self.gaps.extend(other.gaps);
        self.tally.files += other.tally.files;
        self.tally.documents += other.tally.documents;
        self.tally.objects += other.tally.objects;
        self.tally.other_documents += other.tally.other_documents;
        self.tally.patches += other.tally.patches;
        self.from_cluster |= other.from_cluster;
        self.header = match (self.header.take(), other.header) {
            (Some(first), Some(second)) => Some(first.beside(second)),
            (first, second) => first.or(second),
        };
    }

    /// Writes down that something in `file` could not be read.
    pub fn unread(&mut self, file: FileRef<'_>, line: u32, column: u32, reason: impl Into<String>) {
        self.unread.push(Unread { file: file.path.to_owned(), line, column, reason: reason.into() });
    }

    /// Puts everything into `snapshot` and settles it: sorted, gaps noted.
    pub fn into_snapshot(self, snapshot: &mut Snapshot) {
        snapshot.cluster.append(self.cluster);
        snapshot.cluster.finish();
        if let Some(account) = self.account {
            snapshot.account = account;
        }
        if let Some(header) = self.header {
            snapshot.meta.taken_at = header.taken_at.unwrap_or(snapshot.meta.taken_at);
            snapshot.meta.scope = header.scope.unwrap_or(snapshot.meta.scope);
            snapshot.meta.server_version = header.server_version.or(snapshot.meta.server_version);
            snapshot.meta.namespaces.extend(header.namespaces);
        }
        snapshot.problems.extend(self.problems);
        snapshot.unread.extend(self.unread);
        snapshot.unread.sort();
        snapshot.ignores.extend(self.ignores);
        snapshot.listed.extend(self.listed);
        snapshot.gaps.extend(self.gaps);
        snapshot.tally = self.tally;
        snapshot.note_gaps();
    }
}

/// Reads YAML text: every document by itself, so that a broken one does not lose its neighbours.
pub fn read_yaml(file: FileRef<'_>, text: &str, options: &Options) -> Part {
    read_documents(text, options, |_| file)
}

/// Reads YAML text whose documents belong to several files, as renderers write it; lines count in `text`.
pub fn read_documents<'f>(text: &str, options: &Options, file_of: impl Fn(&Chunk<'_>) -> FileRef<'f>) -> Part {
    let mut part = Part::default();
    for chunk in documents(text) {
        let file = file_of(&chunk);
        let (trees, error) = parse(chunk.text);
        for tree in &trees {
            part.tally.documents += 1;
            read_document(file, &chunk, tree, options, &mut part);
        }
        if let Some(error) = error {
            let template = if chunk.text.contains("{{") { TEMPLATE } else { "" };
            part.unread(file, chunk.line + error.line - 1, error.column, format!("not valid YAML: {}{template}", error.message));
            part.tally.documents += u64::from(trees.is_empty());
        }
    }
    part
}

/// The suppressions in the comments of a text, for sources whose comments a renderer drops.
pub fn ignores_in(file: FileRef<'_>, text: &str) -> Vec<InlineIgnore> {
    let of = |chunk: &Chunk<'_>| parse(chunk.text).0.first().map(|tree| ignores::find(file.id, chunk, tree)).unwrap_or_default();
    documents(text).iter().flat_map(of).collect()
}

/// Reads one object of a JSON stream, which YAML's reader understands too.
pub(crate) fn read_chunk(file: FileRef<'_>, chunk: &Chunk<'_>, options: &Options, part: &mut Part) {
    for tree in trees(file, chunk, part) {
        read_document(file, chunk, &tree, options, part);
    }
}

/// Reads one item of a list, whose type the list names where the item does not.
pub(crate) fn read_item(file: FileRef<'_>, chunk: &Chunk<'_>, of: (&str, &str), options: &Options, part: &mut Part) {
    for tree in trees(file, chunk, part) {
        read_object(Whole { tree: &tree, at: tree.root(), origin: chunk.origin(file.id), prefix: Path::root() }, Some(of), options, part, file);
    }
}

fn trees<'t>(file: FileRef<'_>, chunk: &Chunk<'t>, part: &mut Part) -> Vec<Tree<'t>> {
    let (trees, error) = parse(chunk.text);
    if let Some(error) = error {
        part.unread(file, chunk.line + error.line - 1, error.column, format!("not read: {}", error.message));
    }
    trees
}

/// One document: an object, a List of objects, or something else.
fn read_document(file: FileRef<'_>, chunk: &Chunk<'_>, tree: &Tree<'_>, options: &Options, part: &mut Part) {
    part.ignores.extend(ignores::find(file.id, chunk, tree));
    let root = tree.root();
    let origin = chunk.origin(file.id);
    let kind = tree.child(root, "kind").and_then(|it| tree.text(it)).unwrap_or("");
    let api_version = tree.child(root, "apiVersion").and_then(|it| tree.text(it)).unwrap_or("");
    if let (true, Some(items)) = (kind.ends_with("List"), tree.child(root, "items")) {
        read_list(ListHead { api_version, kind }, origin, tree, items, options, part, file);
        return;
    }
    read_object(Whole { tree, at: root, origin, prefix: Path::root() }, None, options, part, file);
}

/// A list's own identity; typed lists leave their items without one.
#[derive(Clone, Copy)]
struct ListHead<'a> {
    api_version: &'a str,
    kind: &'a str,
}

fn read_list(head: ListHead<'_>, origin: Origin, tree: &Tree<'_>, items: NodeId, options: &Options, part: &mut Part, file: FileRef<'_>) {
    let of = typed_list(head.api_version, head.kind);
    if let Some(need) = of.and_then(|(api_version, kind)| Cluster::need_of(api_version, kind)) {
        part.listed.insert(need);
    }
    for (index, &at) in tree.items(items).iter().enumerate() {
        let origin = Origin { item: u32::try_from(index).ok(), ..origin };
        let prefix = Path::of("items").index(index);
        part.from_cluster |= tree.child(at, "metadata").is_some_and(|it| tree.child(it, "uid").is_some());
        read_object(Whole { tree, at, origin, prefix }, of, options, part, file);
    }
}

/// `PodList` of `v1` holds `Pod`s of `v1`; a plain `List` says nothing of its items.
pub(crate) fn typed_list<'a>(api_version: &'a str, kind: &'a str) -> Option<(&'a str, &'a str)> {
    kind.strip_suffix("List").filter(|it| !it.is_empty()).map(|it| (api_version, it))
}

/// An object in its document.
struct Whole<'a, 't> {
    tree: &'a Tree<'t>,
    at: NodeId,
    origin: Origin,
    prefix: Path,
}

fn read_object(it: Whole<'_, '_>, of: Option<(&str, &str)>, options: &Options, part: &mut Part, file: FileRef<'_>) {
    let Whole { tree, at, origin, prefix } = it;
    let place = tree.node(at).span;
    let line = origin.line + place.line - 1;
    let mut head = match Head::deserialize(TreeDeserializer::new(tree, at, &[])) {
        Ok(head) => head,
        Err(_) if tree.entries(at).is_empty() => {
            part.tally.other_documents += 1;
            return;
        }
        Err(error) => {
            let template = if error.at.is_some_and(|it| is_template(tree, it)) { TEMPLATE } else { "" };
            let at = error.at.map_or(place, |it| tree.node(it).span);
            part.unread(file, origin.line + at.line - 1, at.column, format!("not a Kubernetes object: {}{template}", said::without_values(&error.to_string())));
            return;
        }
    };
    if let Some((api_version, kind)) = of {
        if head.kind.is_empty() {
            head.kind = kind.into();
        }
        if head.api_version.is_empty() {
            head.api_version = api_version.into();
        }
    }
    match (head.api_version.is_empty(), head.kind.is_empty()) {
        (false, false) => {}
        (true, true) => {
            part.tally.other_documents += 1;
            return;
        }
        (true, false) => return part.unread(file, line, place.column, format!("`kind: {}` without an apiVersion", head.kind)),
        (false, true) if is_chart(tree, at) => {
            part.tally.other_documents += 1;
            return;
        }
        (false, true) => return part.unread(file, line, place.column, format!("`apiVersion: {}` without a kind", head.api_version)),
    }
    if seatrial_model::cluster::group_of(&head.api_version) == OWN_GROUP {
        return read_own(tree, at, &head.kind, line, part, file);
    }
    part.tally.objects += 1;
    let mut violations = crate::schema::validate_object(tree, at, &prefix, options.target, &options.definitions);
    if at == tree.root() && !tree.duplicate_keys.is_empty() {
        violations.extend(crate::schema::duplicates(tree));
    }
    let skip = crate::schema::unreadable(&violations);
    violations.retain(|it| !is_filled_in_later(tree, it));
    let object = Object { api_version: head.api_version.clone(), kind: head.kind.clone(), meta: head.metadata.clone(), origin: Some(origin), it: () };
    for violation in violations {
        part.problems.push(Problem { object: object.object_ref(), origin, path: violation.path, kind: violation.kind, message: violation.message });
    }
    if let Err(error) = part.cluster.add(head, Some(origin), TreeDeserializer::new(tree, at, &skip)) {
        let at = error.at.map_or(place, |it| tree.node(it).span);
        part.unread(file, origin.line + at.line - 1, at.column, format!("{}: {}", object.object_ref(), said::without_values(&error.to_string())));
    }
}

/// What helps with a text that is to become YAML.
const TEMPLATE: &str = "; `{{` begins a template: render it, and check what comes out";

/// `{{ .x }}` is a map whose key is a map.
fn is_template(tree: &Tree<'_>, at: NodeId) -> bool {
    tree.entries(at).first().is_some_and(|it| matches!(tree.get(it.key).value, Value::Mapping(_)))
}

/// A Helm chart's `Chart.yaml` has an apiVersion, but it is no object.
fn is_chart(tree: &Tree<'_>, at: NodeId) -> bool {
    let has = |key| tree.child(at, key).is_some();
    has("name") && has("version") && !has("metadata") && !has("spec")
}

/// Whether a refused value is a variable such as `${CLUSTER}` or `$REGION`, which envsubst, Flux or the like replaces before it is applied.
fn is_filled_in_later(tree: &Tree<'_>, it: &crate::schema::Violation) -> bool {
    let is_variable = |text: &str| text.contains("${") || text.strip_prefix('$').is_some_and(|it| it.starts_with(|c: char| c.is_ascii_uppercase()));
    matches!(it.kind, ProblemKind::Refused | ProblemKind::WrongType) && tree.text(it.at).is_some_and(is_variable)
}

/// Seatrial's own documents: account facts and the header of a recording or a fixture.
fn read_own(tree: &Tree<'_>, at: NodeId, kind: &str, line: u32, part: &mut Part, file: FileRef<'_>) {
    let de = TreeDeserializer::new(tree, at, &[]);
    let read = match kind {
        "Account" => Account::deserialize(de).map(|it| part.account = Some(it)),
        "Snapshot" => Header::deserialize(de).map(|it| {
            part.header = Some(match part.header.take() {
                Some(earlier) => earlier.beside(it),
                None => it,
            });
        }),
        _ => return part.unread(file, line, 1, format!("`{kind}` is not a kind of {OWN_GROUP}")),
    };
    if let Err(error) = read {
        let line = error.at.map_or(line, |it| tree.node(it).span.line);
        part.unread(file, line, 1, format!("{kind}: {}", said::without_values(&error.to_string())));
    }
}
