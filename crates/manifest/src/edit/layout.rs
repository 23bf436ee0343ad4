//! A document with the places of its values, and the way to each of them.

use std::collections::BTreeMap;

use seatrial_model::{Path, Step};

use super::error::Refusal;
use super::extents::{Extent, extents};
use super::text::{before_break, line_end};
use crate::tree::{NodeId, Tree, Value, parse};

/// One document, ready to be edited.
pub(super) struct Document<'t> {
    pub(super) text: &'t str,
    pub(super) tree: Tree<'t>,
    extents: Vec<Extent>,
    /// Anchored nodes with their aliases.
    users: BTreeMap<NodeId, Vec<NodeId>>,
}

/// A value and what holds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) id: NodeId,
    pub(super) of: Of,
}

/// What holds a value: a map or list, and its place in there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    Root,
    Entry(NodeId, usize),
    Item(NodeId, usize),
}

impl<'t> Document<'t> {
    /// Reads the only document of `text`.
    pub(super) fn read(text: &'t str) -> Result<Self, Refusal> {
        let (mut trees, error) = parse(text);
        if let Some(error) = error {
            return Err(Refusal::Unreadable(error.message));
        }
        let Some(tree) = trees.pop().filter(|_| trees.is_empty()) else {
            return Err(Refusal::Unsupported("empty documents and documents without a marker between them"));
        };
        if let Some(&key) = tree.duplicate_keys.first() {
            return Err(Refusal::DuplicateKey(tree.text(key).unwrap_or_default().to_owned()));
        }
        let extents = extents(text, &tree)?;
        let mut users: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for id in (0..tree.len()).filter_map(|it| u32::try_from(it).ok()).map(NodeId) {
            if let Value::Alias(target) = tree.node(id).value {
                users.entry(target).or_default().push(id);
            }
        }
        Ok(Self { text, tree, extents, users })
    }

    pub(super) fn extent(&self, id: NodeId) -> Extent {
        self.extents[id.0 as usize]
    }

    /// Whether nothing is written where the value would stand.
    pub(super) fn is_blank(&self, id: NodeId) -> bool {
        let at = self.extent(id);
        at.start == at.end
    }

    /// Whether it is a map or list in block style.
    pub(super) fn is_block(&self, id: NodeId) -> bool {
        !self.extent(id).flow && matches!(self.tree.node(id).value, Value::Mapping(_) | Value::Sequence(_))
    }

    /// How many children are written in it.
    pub(super) fn size(&self, id: NodeId) -> usize {
        match &self.tree.node(id).value {
            Value::Mapping(entries) => entries.len(),
            Value::Sequence(items) => items.len(),
            _ => 0,
        }
    }

    /// Where child `index` begins, its key or dash included.
    pub(super) fn child_start(&self, id: NodeId, index: usize) -> usize {
        match &self.tree.node(id).value {
            Value::Mapping(entries) => self.extent(entries[index].key).outer,
            Value::Sequence(items) if self.extent(id).flow => self.extent(items[index]).outer,
            Value::Sequence(items) => self.extent(items[index]).head - 1,
            _ => self.extent(id).start,
        }
    }

    /// Where child `index` ends.
    pub(super) fn child_end(&self, id: NodeId, index: usize) -> usize {
        match &self.tree.node(id).value {
            Value::Mapping(entries) => self.extent(entries[index].value).end,
            Value::Sequence(items) => self.extent(items[index]).end,
            _ => self.extent(id).end,
        }
    }

    /// Where a block's lines end: at its last line's end, with the blank lines that a `|+` at its end keeps.
    pub(super) fn lines_end(&self, id: NodeId) -> usize {
        let end = line_end(self.text, self.extent(id).end);
        let mut last = id;
        while let Some(it) = self.last_child(last) {
            last = it;
        }
        if !self.is_keeping(last) {
            return end;
        }
        let rest = &self.text[end..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\n', '\r']).len();
        self.text[end..end + blank].rfind(['\n', '\r']).map_or(end, |it| before_break(self.text, end + it + 1))
    }

    fn last_child(&self, id: NodeId) -> Option<NodeId> {
        match &self.tree.node(id).value {
            Value::Mapping(entries) => entries.last().map(|it| it.value),
            Value::Sequence(items) => items.last().copied(),
            _ => None,
        }
    }

    fn is_keeping(&self, id: NodeId) -> bool {
        let written = &self.text[self.extent(id).start..self.extent(id).end];
        written.starts_with(['|', '>']) && written.lines().next().is_some_and(|it| it.split('#').next().is_some_and(|it| it.contains('+')))
    }

    /// The values along `path`, root first, as far as they are written. Refuses ways through anchors and merge keys.
    pub(super) fn walk(&self, path: &Path) -> Result<Vec<Slot>, Refusal> {
        let mut slots = vec![Slot { id: self.tree.root(), of: Of::Root }];
        let mut at = self.tree.root();
        for (depth, step) in path.0.iter().enumerate() {
            let here = || Path(path.0[..depth].to_vec()).to_string();
            if self.is_shared(at) {
                return Err(Refusal::Shared(here()));
            }
            let Some(slot) = self.step(at, step).map_err(|()| Refusal::NotABlock(here()))? else {
                let merged = depth + 1 < path.0.len() && self.has_merged(at, step);
                return if merged { Err(Refusal::Shared(Path(path.0[..=depth].to_vec()).to_string())) } else { Ok(slots) };
            };
            slots.push(slot);
            at = slot.id;
        }
        Ok(slots)
    }

    fn step(&self, at: NodeId, step: &Step) -> Result<Option<Slot>, ()> {
        match (&self.tree.node(at).value, step) {
            (Value::Mapping(entries), Step::Key(name)) => {
                let index = entries.iter().position(|it| self.tree.text(it.key) == Some(name.as_str()));
                Ok(index.map(|index| Slot { id: entries[index].value, of: Of::Entry(at, index) }))
            }
            (Value::Sequence(items), Step::Index(index)) => {
                let index = *index as usize;
                Ok(items.get(index).map(|&id| Slot { id, of: Of::Item(at, index) }))
            }
            _ if self.tree.node(at).is_null() => Ok(None),
            _ => Err(()),
        }
    }

    /// Whether `step` is reached only through a merge key.
    pub(super) fn has_merged(&self, at: NodeId, step: &Step) -> bool {
        matches!(step, Step::Key(name) if self.tree.child(at, name).is_some())
    }

    /// Whether a value is an alias or has aliases.
    fn is_shared(&self, id: NodeId) -> bool {
        matches!(self.tree.node(id).value, Value::Alias(_)) || self.users.contains_key(&id)
    }

    /// Whether taking the value out would leave an alias elsewhere without its anchor.
    pub(super) fn is_needed_elsewhere(&self, id: NodeId) -> bool {
        let mut last = id;
        while let Some(it) = self.last_child(last) {
            last = it;
        }
        // Nodes are numbered as they are written, so that a subtree is a range.
        self.users.range(id..=last).any(|(_, users)| users.iter().any(|it| *it < id || *it > last))
    }
}
