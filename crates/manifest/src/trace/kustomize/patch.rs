//! Patches of a kustomization: which object they are for, and where they set a field.

use seatrial_model::Step;

use super::layers::Layer;
use crate::split::documents;
use crate::trace::document::{self, Identity};
use crate::trace::{SourceTexts, join, shifted, text_at};
use crate::tree::{NodeId, Span, Tree, parse};

/// A patch document.
pub struct Patch<'t> {
    /// The file it stands in.
    pub file: &'t str,
    tree: Tree<'t>,
    line: u32,
}

/// Where a patch sets a field.
pub struct Set {
    /// In its file.
    pub span: Span,
    /// How many steps of the path it has.
    pub depth: usize,
    /// The scalar that it sets.
    pub text: Option<String>,
}

/// The patches of a layer for an object known by `names` (as it is in its file, and rendered), the ones that win first.
pub fn of<'t>(layer: &Layer<'t>, texts: &'t SourceTexts, source: &Identity, rendered: &Identity) -> Vec<Patch<'t>> {
    let mut found = Vec::new();
    for key in ["patchesStrategicMerge", "patches", "patchesJson6902"] {
        for &item in layer.list(key) {
            let target = layer.tree.child(item, "target");
            if target.is_some_and(|it| !selects(&layer.tree, it, source, rendered)) {
                continue;
            }
            let patches = texts_of(layer, texts, item);
            found.extend(patches.into_iter().filter(|it| target.is_some() || it.names(source, rendered)));
        }
    }
    found.reverse();
    found
}

/// Whether a target selects the object; what it does not say selects all. Patterns match whole names.
fn selects(tree: &Tree<'_>, target: NodeId, source: &Identity, rendered: &Identity) -> bool {
    let is = |key: &str, values: [&str; 2]| {
        let wanted = text_at(tree, target, &[key]).unwrap_or("");
        wanted.is_empty() || values.iter().any(|it| *it == wanted || simple_pattern(wanted, it))
    };
    is("kind", [&source.kind, &rendered.kind])
        && is("group", [&source.group, &rendered.group])
        && is("name", [&source.name, &rendered.name])
        && is("namespace", [&source.namespace, &rendered.namespace])
}

/// `.*` and `|` are what targets are written with; other patterns are taken as no match.
fn simple_pattern(pattern: &str, text: &str) -> bool {
    pattern.trim_matches(['(', ')', '^', '$']).split('|').any(|it| {
        let mut pieces = it.split(".*");
        let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
        let mut last = it.len() == it.split(".*").next().map_or(0, str::len);
        for piece in pieces {
            let Some(at) = rest.rfind(piece) else { return false };
            rest = &rest[at + piece.len()..];
            last = piece.is_empty();
        }
        rest.is_empty() || (last && it.contains(".*"))
    })
}

fn texts_of<'t>(layer: &Layer<'t>, texts: &'t SourceTexts, item: NodeId) -> Vec<Patch<'t>> {
    let inline = |at: NodeId| inline_of(layer, at).into_iter().collect();
    if let Some(at) = layer.tree.child(item, "patch") {
        return inline(at);
    }
    let Some(path) = layer.text_of(item, &["path"]).or_else(|| layer.tree.text(item)) else { return Vec::new() };
    let Some((file, text)) = texts.get_key_value(join(layer.folder, path).as_str()) else {
        return if path.contains('\n') { inline(item) } else { Vec::new() };
    };
    let read = |it: crate::split::Chunk<'t>| Some(Patch { file, tree: parse(it.text).0.into_iter().next()?, line: it.line });
    documents(text).into_iter().filter_map(read).collect()
}

/// A patch written as a block of text inside the kustomization: its lines stand there one by one, indented.
fn inline_of<'t>(layer: &Layer<'t>, at: NodeId) -> Option<Patch<'t>> {
    let span = layer.tree.node(at).span;
    let text = layer.tree.text(at)?;
    let first = text.lines().find(|it| !it.trim().is_empty())?;
    let from = span.line.saturating_sub(1) as usize;
    let (line, _) = layer.text.lines().enumerate().skip(from).find(|(_, it)| it.trim() == first.trim())?;
    // The lines are read where they stand, indented as they are: so its places are places in the kustomization.
    let start: usize = layer.text.split_inclusive('\n').take(line).map(str::len).sum();
    let count = text.trim().lines().count();
    let length: usize = layer.text[start..].split_inclusive('\n').take(count).map(str::len).sum();
    let tree = parse(&layer.text[start..start + length]).0.into_iter().next()?;
    Some(Patch { file: layer.file, tree, line: u32::try_from(line + 1).ok()? })
}

impl Patch<'_> {
    fn is_json(&self) -> bool {
        !self.tree.items(self.tree.root()).is_empty()
    }

    fn names(&self, source: &Identity, rendered: &Identity) -> bool {
        let mine = Identity::of(&self.tree, self.tree.root());
        mine.kind == source.kind
            && mine.group == source.group
            && !mine.name.is_empty()
            && rendered.name.contains(&mine.name)
            && mine.name.contains(&source.name)
    }

    /// Where it sets `path` of the rendered object, or how far it goes along it.
    pub fn sets(&self, rendered: &Tree<'_>, path: &[Step]) -> Option<Set> {
        let (at, depth, place) = if self.is_json() { self.operation(rendered, path)? } else { self.merge(rendered, path)? };
        let text = self.tree.text(at).map(str::to_owned);
        Some(Set { span: shifted(place, self.line), depth, text })
    }

    /// The operation that removes exactly this field.
    pub fn removal(&self, path: &[Step]) -> Option<Span> {
        let tree = &self.tree;
        let found = tree.items(tree.root()).iter().find_map(|&it| {
            let entry = tree.entry(it, "path")?;
            let all = pointer_depth(tree.text(entry.value)?, path) == Some(path.len());
            (all && text_at(tree, it, &["op"]) == Some("remove")).then(|| tree.place_of_entry(entry))
        })?;
        Some(shifted(found, self.line))
    }

    fn merge(&self, rendered: &Tree<'_>, path: &[Step]) -> Option<(NodeId, usize, Span)> {
        let root = self.tree.root();
        let followed = document::follow(rendered, path, &self.tree, root, &seatrial_model::Path::root());
        (followed.depth > 0).then(|| (followed.node, followed.depth, self.tree.place(&followed.path)))
    }

    /// The last operation on the field or on a block around it.
    fn operation(&self, rendered: &Tree<'_>, path: &[Step]) -> Option<(NodeId, usize, Span)> {
        let tree = &self.tree;
        tree.items(tree.root()).iter().rev().find_map(|&it| {
            let entry = tree.entry(it, "path")?;
            let pointer = tree.text(entry.value)?;
            let depth = pointer_depth(pointer, path)?;
            let place = tree.place_of_entry(entry);
            match (text_at(tree, it, &["op"])?, tree.child(it, "value")) {
                ("remove", _) => None,
                (_, Some(value)) => {
                    let inner = follow_value(rendered, path, depth, tree, value);
                    (inner.1 == path.len()).then_some((inner.0, inner.1, if inner.1 == depth { place } else { inner.2 }))
                }
                _ => None,
            }
        })
    }
}

/// The value of an operation followed along the rest of the path.
fn follow_value(rendered: &Tree<'_>, path: &[Step], depth: usize, tree: &Tree<'_>, value: NodeId) -> (NodeId, usize, Span) {
    let mut at = value;
    let mut span = tree.node(value).span;
    for (offset, step) in path[depth..].iter().enumerate() {
        let next = match step {
            Step::Key(key) => tree.entry(at, key).map(|it| (it.value, tree.place_of_entry(it))),
            Step::Index(_) => {
                let wanted = rendered.find(&seatrial_model::Path(path[..=depth + offset].to_vec()));
                let same = |it: &&NodeId| {
                    wanted.is_some_and(|wanted| {
                        text_at(rendered, wanted, &["name"]).or(rendered.text(wanted)) == text_at(tree, **it, &["name"]).or(tree.text(**it))
                    })
                };
                tree.items(at).iter().find(same).map(|it| (*it, tree.node(*it).span))
            }
        };
        match next {
            Some(it) => (at, span) = it,
            None => return (at, depth + offset, span),
        }
    }
    (at, path.len(), span)
}

/// How many steps of `path` a JSON pointer covers, if it leads to the field or to a block around it. `-` is any index.
fn pointer_depth(pointer: &str, path: &[Step]) -> Option<usize> {
    let tokens: Vec<String> = pointer.split('/').skip(1).map(|it| it.replace("~1", "/").replace("~0", "~")).collect();
    let same = |(token, step): (&String, &Step)| match step {
        Step::Key(key) => **key == **token,
        Step::Index(index) => token == "-" || token.parse() == Ok(*index),
    };
    (!tokens.is_empty() && tokens.len() <= path.len() && tokens.iter().zip(path).all(same)).then_some(tokens.len())
}
