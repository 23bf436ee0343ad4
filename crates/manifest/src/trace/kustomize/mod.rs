//! From an object that Kustomize wrote to the resource, patch or entry that a field of it comes from.
//!
//! Kustomize itself says which file an object comes from (origin annotations). Within it a place is proved when the value there is the
//! rendered one, or when it is the block that lacks the field.

mod layers;
mod patch;
mod transform;

use seatrial_model::{Path, Step};

use super::document::{self, Followed, Identity, SourceDocument};
use super::{SourcePlace, SourceTexts, shifted};
use crate::split::documents;
use crate::tree::{Place, Span, Tree, parse};
use layers::Layer;
pub use layers::{FILES, references};

/// Where Kustomize says that an object comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A resource file.
    File(String),
    /// A generator of a kustomization: its file.
    Generated(String),
    /// Another repository.
    Remote,
}

/// The origins in text that was built with `buildMetadata: [originAnnotations]`; paths as Kustomize writes them.
pub fn origins(annotated: &str) -> Vec<(Identity, Origin)> {
    let mut found = Vec::new();
    for chunk in documents(annotated) {
        for tree in parse(chunk.text).0 {
            let Some(annotations) = tree.child(tree.root(), "metadata").and_then(|it| tree.child(it, "annotations")) else { continue };
            let Some(text) = tree.child(annotations, "config.kubernetes.io/origin").and_then(|it| tree.text(it)) else { continue };
            found.extend(origin(text).map(|it| (Identity::of(&tree, tree.root()), it)));
        }
    }
    found
}

fn origin(annotation: &str) -> Option<Origin> {
    let value = |key: &str| annotation.lines().find_map(|it| it.strip_prefix(key)?.strip_prefix(':')).map(|it| it.trim().trim_matches(['"', '\'']).to_owned());
    match (value("repo"), value("path"), value("configuredIn")) {
        (Some(_), ..) => Some(Origin::Remote),
        (None, Some(path), _) => Some(Origin::File(path)),
        (None, None, Some(path)) => Some(Origin::Generated(path)),
        (None, None, None) => None,
    }
}

/// The identity of one rendered document.
pub fn identity(document: &str) -> Option<Identity> {
    let tree = parse(document).0.into_iter().next()?;
    Some(Identity::of(&tree, tree.root()))
}

/// One document's way back.
pub struct Trace<'a> {
    rendered: Tree<'a>,
    identity: Identity,
    layers: Vec<Layer<'a>>,
    origin: Option<&'a Origin>,
    source: Option<(&'a str, SourceDocument<'a>)>,
    /// Patches for the object, those that win first.
    patches: Vec<patch::Patch<'a>>,
}

/// A field as the trace looks for it.
struct Wanted<'p> {
    /// The part of the path that is rendered.
    steps: &'p [Step],
    /// Whether the whole path is.
    whole: bool,
    /// The scalar there.
    text: Option<String>,
}

impl<'a> Trace<'a> {
    /// For a document of the root `folder` that comes from `origin`.
    pub fn new(texts: &'a SourceTexts, folder: &str, origin: Option<&'a Origin>, document: &'a str) -> Option<Self> {
        let rendered = parse(document).0.into_iter().next()?;
        let identity = Identity::of(&rendered, rendered.root());
        let source = match origin {
            Some(Origin::File(file)) => texts.get_key_value(file).and_then(|(file, text)| Some((file.as_str(), document::find(text, &identity)?))),
            _ => None,
        };
        let layers = layers::read(texts, folder);
        let mine = |it: &&Layer<'a>| source.as_ref().is_some_and(|(file, _)| it.reach.contains(*file));
        let of = |it: &Layer<'a>| source.as_ref().map(|(_, source)| patch::of(it, texts, &source.identity, &identity)).unwrap_or_default();
        let patches = layers.iter().filter(mine).flat_map(of).collect();
        Some(Self { rendered, identity, layers, origin, source, patches })
    }

    /// The source of `path`, a path from the object's root.
    pub fn place(&self, path: &Path) -> Option<SourcePlace> {
        let (whole, depth, node) = match self.rendered.nearest(path) {
            Place::Here { value, .. } => (true, path.0.len(), value),
            Place::Block { value, depth, .. } => (false, depth, value),
        };
        let wanted = Wanted { steps: &path.0[..depth], whole, text: self.rendered.text(node).map(str::to_owned) };
        match &self.source {
            Some((file, source)) => Some(self.in_source(file, source, path, &wanted)),
            None => self.without_source(&wanted),
        }
    }

    fn in_source(&self, file: &str, source: &SourceDocument<'_>, path: &Path, wanted: &Wanted<'_>) -> SourcePlace {
        let place = |file: &str, span: Span, proved: bool| SourcePlace { file: file.to_owned(), span, proved, values: Vec::new() };
        let base = document::follow(&self.rendered, wanted.steps, &source.tree, source.at, &source.prefix);
        let in_base = |proved: bool| place(file, self.base_span(source, &base, path), proved);
        let before = source.tree.text(base.node).filter(|_| base.depth == wanted.steps.len());
        let is_scalar = wanted.whole && wanted.text.is_some();
        if wanted.steps.is_empty() || (!is_scalar && base.depth == wanted.steps.len() && !self.removed(path, wanted)) {
            return in_base(true);
        }
        let (set, tied) = self.patched(path, wanted, is_scalar);
        if let Some((file, span, true)) = set {
            return place(file, span, true);
        }
        if is_scalar && before == wanted.text.as_deref() {
            return in_base(true);
        }
        if let Some(it) = wanted.text.as_deref().and_then(|text| self.transformed(wanted.steps, text, before, &source.identity)) {
            return place(it.0, it.1, it.2);
        }
        match set {
            Some((file, span, _)) if tied > base.depth => place(file, span, false),
            // The object is known; what was added to it by something else is pointed to by the block around it.
            _ => in_base(false),
        }
    }

    fn base_span(&self, source: &SourceDocument<'_>, base: &Followed, path: &Path) -> Span {
        let is_item = !source.prefix.is_root() && base.depth == 0;
        let target = if is_item || path.is_root() { source.prefix.join("metadata.name") } else { base.path.clone() };
        shifted(source.tree.place(&target), source.line)
    }

    /// Whether a patch takes away the very field that is missing.
    fn removed(&self, path: &Path, wanted: &Wanted<'_>) -> bool {
        !wanted.whole && self.patches.iter().any(|it| it.removal(&path.0).is_some())
    }

    fn layers_of(&self) -> impl Iterator<Item = &Layer<'a>> {
        let file = self.source.as_ref().map(|it| it.0);
        self.layers.iter().filter(move |it| file.is_some_and(|file| it.reach.contains(file)))
    }

    /// The patch that sets the field, whether that is proved, and how far the best one follows the path.
    fn patched(&self, path: &Path, wanted: &Wanted<'_>, is_scalar: bool) -> (Option<(&'a str, Span, bool)>, usize) {
        let mut best: (Option<(&'a str, Span, bool)>, usize) = (None, 0);
        for patch in &self.patches {
            if let Some(span) = patch.removal(&path.0).filter(|_| !wanted.whole) {
                return (Some((patch.file, span, true)), path.0.len());
            }
            let Some(set) = patch.sets(&self.rendered, wanted.steps) else { continue };
            let all = set.depth == wanted.steps.len();
            if all && (!is_scalar || set.text == wanted.text) {
                return (Some((patch.file, set.span, true)), set.depth);
            }
            if set.depth > best.1 {
                best = (Some((patch.file, set.span, false)), set.depth);
            }
        }
        best
    }

    fn transformed(&self, steps: &[Step], text: &str, before: Option<&str>, source: &Identity) -> Option<(&'a str, Span, bool)> {
        let found = self.layers_of().filter_map(|it| transform::find(it, steps, text, before, source).map(|(span, proved)| (it.file, span, proved)));
        found.max_by_key(|it| it.2)
    }

    fn without_source(&self, wanted: &Wanted<'_>) -> Option<SourcePlace> {
        let (layer, span, proved) = match self.origin {
            Some(Origin::Generated(file)) => {
                let layer = self.layers.iter().find(|it| it.file == file)?;
                let (span, proved) = transform::generated(layer, &self.identity, wanted.steps).unwrap_or((self.head(layer), false));
                (layer, span, proved)
            }
            _ => self.layers.first().map(|it| (it, self.head(it), false))?,
        };
        Some(SourcePlace { file: layer.file.to_owned(), span, proved, values: Vec::new() })
    }

    /// Where a kustomization names what it is made of.
    fn head(&self, layer: &Layer<'_>) -> Span {
        layer.tree.place(&Path::of("resources"))
    }
}

/// The place of an object's field in a text that is applied as it stands (a chart's `crds` folder).
pub fn in_plain_text(file: &str, text: &str, document: &str, path: &Path) -> Option<SourcePlace> {
    let rendered = parse(document).0.into_iter().next()?;
    let identity = Identity::of(&rendered, rendered.root());
    let source = document::find(text, &identity)?;
    let followed = document::follow(&rendered, &path.0, &source.tree, source.at, &source.prefix);
    let target = if path.is_root() { Path::root() } else { followed.path };
    Some(SourcePlace { file: file.to_owned(), span: shifted(source.tree.place(&target), source.line), proved: true, values: Vec::new() })
}

#[cfg(test)]
mod tests;
