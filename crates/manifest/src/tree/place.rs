//! Where in a tree a path points, and what path an entry has.

use seatrial_model::{Path, Step};

use super::{Entry, NodeId, Span, Tree, Value};

/// How far a path could be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// All the way.
    Here {
        /// The value.
        value: NodeId,
        /// Its key, where the last step was one.
        key: Option<NodeId>,
    },
    /// Up to a block that lacks the next step.
    Block {
        /// The block.
        value: NodeId,
        /// The block's key.
        key: Option<NodeId>,
        /// How many steps were followed.
        depth: usize,
    },
}

impl Tree<'_> {
    /// The path of the entry with this key, found by walking what is written before it.
    pub fn path_of_key(&self, key: NodeId) -> Path {
        let mut path = Path::root();
        let mut at = self.root;
        loop {
            let next = match &self.node(at).value {
                Value::Mapping(entries) => match entries.iter().find(|it| it.key == key) {
                    Some(it) => return path.key(self.text(it.key).unwrap_or("")),
                    // Nodes are numbered in written order: the entry that holds the key is the last one to start before it.
                    None => entries.iter().rfind(|it| it.value <= key).map(|it| (it.value, path.key(self.text(it.key).unwrap_or("")))),
                },
                Value::Sequence(items) => items.iter().rposition(|it| *it <= key).map(|index| (items[index], path.index(index))),
                _ => None,
            };
            match next {
                Some((value, longer)) => (at, path) = (value, longer),
                None => return path,
            }
        }
    }

    /// The value at `path`.
    pub fn find(&self, path: &Path) -> Option<NodeId> {
        match self.nearest(path) {
            Place::Here { value, .. } => Some(value),
            Place::Block { .. } => None,
        }
    }

    /// The value at `path`, or the smallest written block that should contain it.
    pub fn nearest(&self, path: &Path) -> Place {
        let mut at = self.root;
        let mut key = None;
        for (depth, step) in path.0.iter().enumerate() {
            let next = match step {
                Step::Key(name) => self.entry(at, name).map(|it| (it.value, Some(it.key))),
                Step::Index(index) => self.items(at).get(*index as usize).map(|it| (*it, None)),
            };
            match next {
                Some((value, of)) => (at, key) = (value, of),
                None => return Place::Block { value: at, key, depth },
            }
        }
        Place::Here { value: at, key }
    }

    /// Where to point for `path`: at key and value where it is written, else at the block that should contain it
    /// (a list element by its first entry, the document by the object's name).
    pub fn place(&self, path: &Path) -> Span {
        match self.nearest(path) {
            Place::Here { value, key: Some(key) } => self.key_to_value(key, value),
            Place::Here { value, key: None } => self.head(value),
            Place::Block { key: Some(key), .. } => self.node(key).span,
            Place::Block { value, key: None, .. } => self.head(value),
        }
    }

    /// Where to point for an entry of a map.
    pub fn place_of_entry(&self, entry: Entry) -> Span {
        self.key_to_value(entry.key, entry.value)
    }

    /// A key with its value when that fits on the key's line, else the key.
    fn key_to_value(&self, key: NodeId, value: NodeId) -> Span {
        let (from, to) = (self.node(key).span, self.node(value).span);
        if to.end_line == from.line { Span { end_line: to.end_line, end_column: to.end_column, ..from } } else { from }
    }

    /// What names a block: the object's `metadata.name`, an element's first entry, else its own first line.
    fn head(&self, id: NodeId) -> Span {
        if id == self.root {
            let name = self.child(id, "metadata").and_then(|it| self.entry(it, "name").or_else(|| self.entry(it, "generateName")));
            if let Some(it) = name.or_else(|| self.entry(id, "kind")) {
                return self.key_to_value(it.key, it.value);
            }
        }
        let named = self.entry(id, "name").or_else(|| self.entries(id).first().copied());
        match named {
            Some(it) => self.key_to_value(it.key, it.value),
            None => self.node(id).span,
        }
    }
}
