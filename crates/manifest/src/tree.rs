//! A YAML or JSON document as a tree that knows the place of every token.

mod expansion;
mod json;
mod outdented;
mod place;
mod yaml;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use place::Place;

use crate::scalar::{Scalar, resolve};

/// Limits that keep a hostile document from costing more than it is worth.
pub mod limits {
    /// How deep blocks may nest.
    pub const DEPTH: usize = 256;
    /// How many nodes a document may have.
    pub const NODES: usize = 4_000_000;
    /// How many nodes a document may have once its aliases are followed.
    pub const EXPANDED: usize = 8_000_000;
}

/// From where to where, 1-based lines and columns in characters; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// First line.
    pub line: u32,
    /// Column of the first character.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
}

/// Index of a node in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// One value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// Where the value stands, without comments around it.
    pub span: Span,
    /// What it is.
    pub value: Value<'t>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    /// A plain or quoted scalar.
    Scalar {
        /// Its text, quotes and escapes resolved.
        text: Cow<'t, str>,
        /// How it is written.
        style: Style,
    },
    /// A list.
    Sequence(Vec<NodeId>),
    /// A map, in written order.
    Mapping(Vec<Entry>),
    /// The same value as the anchored node.
    Alias(NodeId),
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: it may be a number, a boolean or null.
    Plain,
    /// Quoted, block, or tagged `!!str`: always a string.
    String,
}

/// A key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key's scalar.
    pub key: NodeId,
    /// The value.
    pub value: NodeId,
}

/// Why a text is not YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
    /// In words.
    pub message: String,
}

/// One document.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    root: NodeId,
    /// Keys that stand twice in one map: the second one.
    pub duplicate_keys: Vec<NodeId>,
    /// Keys that a later one of the same map stands for, sorted.
    shadowed: Vec<NodeId>,
}

/// Reads every document of `text`. On an error the documents before it are kept.
pub fn parse(text: &str) -> (Vec<Tree<'_>>, Option<ParseError>) {
    match json::parse(text) {
        Some(Ok(tree)) => (vec![tree], None),
        Some(Err(error)) => (Vec::new(), Some(error)),
        None => yaml::parse(text),
    }
}

fn narrow(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

fn fail(span: Span, message: String) -> ParseError {
    ParseError { line: span.line, column: span.column, message }
}

impl<'t> Tree<'t> {
    /// The document's value.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// A node as it is written (an alias is not followed).
    pub fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id.0 as usize]
    }

    /// A node, aliases followed.
    pub fn get(&self, id: NodeId) -> &Node<'t> {
        self.node(self.resolve(id))
    }

    /// The node that an alias stands for, or the node itself.
    pub fn resolve(&self, mut id: NodeId) -> NodeId {
        while let Value::Alias(target) = self.node(id).value {
            id = target;
        }
        id
    }

    /// Whether a later key of the same map stands for this one.
    pub fn is_shadowed(&self, key: NodeId) -> bool {
        self.shadowed.binary_search(&key).is_ok()
    }

    /// How many nodes are written.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the document is empty.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The scalar's text.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.get(id).value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The scalar's value as Kubernetes' reader of YAML takes it.
    pub fn scalar(&self, id: NodeId) -> Option<Scalar<'_>> {
        match &self.get(id).value {
            Value::Scalar { text, style } => Some(resolve(text, *style)),
            _ => None,
        }
    }

    /// Entries of a map as they are written; empty for anything else. `<<` is not followed: see [`Tree::merged`].
    pub fn entries(&self, id: NodeId) -> &[Entry] {
        match &self.get(id).value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// Entries of a map with `<<` followed; what is written beside it wins.
    pub fn merged(&self, id: NodeId) -> Cow<'_, [Entry]> {
        let written = self.entries(id);
        if !written.iter().any(|it| self.text(it.key) == Some("<<")) {
            return Cow::Borrowed(written);
        }
        let mut all: Vec<Entry> = written.iter().copied().filter(|it| self.text(it.key) != Some("<<")).collect();
        let mut seen: BTreeSet<Option<&str>> = all.iter().map(|it| self.text(it.key)).collect();
        for merge in written.iter().filter(|it| self.text(it.key) == Some("<<")) {
            let sources = match &self.get(merge.value).value {
                Value::Sequence(items) => items.clone(),
                _ => vec![merge.value],
            };
            for entry in sources.into_iter().flat_map(|it| self.merged(it).into_owned()) {
                if seen.insert(self.text(entry.key)) {
                    all.push(entry);
                }
            }
        }
        Cow::Owned(all)
    }

    /// Elements of a list; empty for anything else.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.get(id).value {
            Value::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The entry of `key` in a map (the last one, as decoders take it).
    pub fn entry(&self, id: NodeId, key: &str) -> Option<Entry> {
        self.merged(id).iter().rev().find(|it| self.text(it.key) == Some(key)).copied()
    }

    /// The value of `key` in a map.
    pub fn child(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entry(id, key).map(|it| it.value)
    }
}

impl Node<'_> {
    /// Whether the value is null or empty.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, style: Style::Plain } if matches!(&**text, "" | "~" | "null" | "Null" | "NULL"))
    }
}

#[cfg(test)]
mod tests {
    use seatrial_model::Path;

    use super::*;

    fn one(text: &str) -> Tree<'_> {
        let (mut trees, error) = parse(text);
        assert_eq!(error, None);
        trees.remove(0)
    }

    #[test]
    fn places_are_token_accurate() {
        let tree = one("kind: Pod\nspec:\n  containers:\n  - name: app\n    image: x:1\n");
        let image = tree.place(&Path::of("spec.containers[0].image"));
        assert_eq!((image.line, image.column, image.end_column), (5, 5, 15));
        let missing = tree.place(&Path::of("spec.containers[0].resources.limits"));
        assert_eq!((missing.line, missing.column), (4, 5), "the container's name");
    }

    #[test]
    fn merge_keys_and_aliases_are_followed() {
        let tree = one("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\n");
        let b = tree.child(tree.root(), "b").unwrap();
        assert_eq!(tree.child(b, "x").and_then(|it| tree.text(it)), Some("3"));
        assert_eq!(tree.child(b, "y").and_then(|it| tree.text(it)), Some("2"));
    }

    #[test]
    fn alias_bombs_and_deep_nests_are_refused() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let refs = vec![format!("*a{}", level - 1); 10].join(",");
            bomb.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
        }
        assert!(parse(&bomb).1.is_some_and(|it| it.message.contains("expand")));
        let deep = "[".repeat(10_000);
        assert!(parse(&deep).1.is_some());
    }

    #[test]
    fn documents_before_an_error_are_kept() {
        let (trees, error) = parse("a: 1\n---\nb: [1\n---\nc: 2\n");
        assert_eq!(trees.len(), 1);
        assert_eq!(error.map(|it| it.line >= 3), Some(true));
    }

    #[test]
    fn duplicate_keys_are_noted() {
        let tree = one("a: 1\nb: 2\na: 3\n");
        assert_eq!(tree.duplicate_keys.len(), 1);
        assert_eq!(tree.node(tree.duplicate_keys[0]).span.line, 3);
    }
}
