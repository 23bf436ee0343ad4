//! A field and the way to it, without an allocation until something is wrong with it.

use std::borrow::Cow;

use seatrial_model::{Path, Quantity, Step, Text};

use crate::scalar::Scalar;
use crate::tree::{Entry, NodeId, Tree, Value};

/// The last step to a field.
#[derive(Clone, Copy)]
enum Last<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

/// A field that may be written or not; null counts as not written.
#[derive(Clone, Copy)]
pub(crate) struct At<'p, 't> {
    /// The document.
    pub tree: &'t Tree<'t>,
    parent: Option<&'p At<'p, 't>>,
    last: Last<'p>,
    id: Option<NodeId>,
    base: &'p Path,
}

impl<'p, 't> At<'p, 't> {
    /// The object at `id`, which stands at `base` in its document.
    pub fn root(tree: &'t Tree<'t>, id: NodeId, base: &'p Path) -> Self {
        Self { tree, parent: None, last: Last::Root, id: Some(id), base }
    }

    /// The value of a key.
    pub fn key(&'p self, name: &'p str) -> Self {
        let id = self.id.and_then(|it| child(self.tree, it, name)).filter(|it| !self.tree.get(*it).is_null());
        Self { parent: Some(self), last: Last::Key(name), id, ..*self }
    }

    /// The value of a written entry.
    pub fn entry(&'p self, name: &'p str, value: NodeId) -> Self {
        let id = Some(value).filter(|it| !self.tree.get(*it).is_null());
        Self { parent: Some(self), last: Last::Key(name), id, ..*self }
    }

    /// An element.
    pub fn index(&'p self, at: usize, id: NodeId) -> Self {
        Self { parent: Some(self), last: Last::Index(at), id: Some(id), ..*self }
    }

    /// All elements.
    pub fn items(&'p self) -> impl Iterator<Item = At<'p, 't>> {
        let items = self.id.map_or(&[] as &[NodeId], |it| self.tree.items(it));
        items.iter().enumerate().map(|(at, id)| self.index(at, *id))
    }

    /// All entries with their keys' texts.
    pub fn entries(&self) -> Cow<'t, [Entry]> {
        let Some(id) = self.id else { return Cow::Borrowed(&[]) };
        let written = self.tree.entries(id);
        if written.iter().any(|it| is_key(self.tree, it.key, "<<")) { self.tree.merged(id) } else { Cow::Borrowed(written) }
    }

    /// How many elements or entries there are.
    pub fn count(&self) -> usize {
        match self.id.map(|it| &self.tree.get(it).value) {
            Some(Value::Sequence(items)) => items.len(),
            Some(Value::Mapping(_)) => self.entries().len(),
            _ => 0,
        }
    }

    /// Whether it is written.
    pub fn is_set(&self) -> bool {
        self.id.is_some()
    }

    /// Whether it is not written, or an empty string, list or map.
    pub fn is_empty(&self) -> bool {
        match self.id.map(|it| &self.tree.get(it).value) {
            None => true,
            Some(Value::Scalar { text, .. }) => text.is_empty(),
            Some(_) => self.count() == 0,
        }
    }

    /// The node, where it is written.
    pub fn id(&self) -> Option<NodeId> {
        self.id
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.id.map(|it| &self.tree.get(it).value), Some(Value::Sequence(_)))
    }

    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        matches!(self.id.map(|it| &self.tree.get(it).value), Some(Value::Mapping(_)))
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&'t str> {
        self.id.and_then(|it| self.tree.text(it))
    }

    /// The text of a scalar, empty for anything else.
    pub fn str(&self) -> &'t str {
        self.text().unwrap_or("")
    }

    /// A whole number.
    pub fn int(&self) -> Option<i64> {
        match self.scalar()? {
            Scalar::Int(it) => Some(it),
            _ => None,
        }
    }

    /// A boolean.
    pub fn is_true(&self) -> bool {
        self.scalar() == Some(Scalar::Bool(true))
    }

    /// The scalar's value.
    pub fn scalar(&self) -> Option<Scalar<'t>> {
        self.id.and_then(|it| self.tree.scalar(it))
    }

    /// A quantity.
    pub fn quantity(&self) -> Option<Quantity> {
        Quantity::parse(self.text()?).ok()
    }

    /// The node to point at: the value, or the closest block around it that is written.
    pub fn place(&self) -> NodeId {
        match (self.id, self.parent) {
            (Some(id), _) => id,
            (None, Some(parent)) => parent.place(),
            (None, None) => self.tree.root(),
        }
    }

    /// The name of the last key.
    pub fn name(&self) -> &'p str {
        match (self.last, self.parent) {
            (Last::Key(name), _) => name,
            (_, Some(parent)) => parent.name(),
            _ => "",
        }
    }

    /// The way to it.
    pub fn path(&self) -> Path {
        let mut steps = Vec::new();
        let mut at = Some(self);
        while let Some(it) = at {
            match it.last {
                Last::Root => {}
                Last::Key(name) => steps.push(Step::Key(Text::new(name))),
                Last::Index(index) => steps.push(Step::Index(u32::try_from(index).unwrap_or(u32::MAX))),
            }
            at = it.parent;
        }
        steps.extend(self.base.0.iter().rev().cloned());
        steps.reverse();
        Path(steps)
    }
}

/// Like [`Tree::child`] in one pass: most keys that rules ask for are absent, and most maps merge nothing.
fn child(tree: &Tree<'_>, id: NodeId, name: &str) -> Option<NodeId> {
    let entries = tree.entries(id);
    match entries.iter().rev().find(|it| is_key(tree, it.key, name)) {
        Some(it) => Some(it.value),
        None if entries.iter().any(|it| is_key(tree, it.key, "<<")) => tree.child(id, name),
        None => None,
    }
}

/// Whether a key is `name`; length and first letter decide most cases without comparing the rest.
fn is_key(tree: &Tree<'_>, id: NodeId, name: &str) -> bool {
    match &tree.node(id).value {
        Value::Scalar { text, .. } => text.len() == name.len() && text.as_bytes().first() == name.as_bytes().first() && text == name,
        _ => tree.text(id) == Some(name),
    }
}
