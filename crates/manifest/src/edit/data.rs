//! What a document means, apart from how it is written: the yardstick of every edit.

use std::collections::BTreeMap;

use seatrial_model::Step;

use super::error::Refusal;
use crate::scalar::{Scalar, resolve};
use crate::tree::{NodeId, Style, Tree, Value, parse};

/// A value with aliases and merge keys followed.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Leaf { text: String, style: Style },
    List(Vec<Data>),
    Map(Vec<(String, Data)>),
}

impl PartialEq for Data {
    /// Scalars compare by what they mean, maps without regard to order.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leaf { text, style }, Self::Leaf { text: of, style: with }) => (text, style) == (of, with) || resolve(text, *style) == resolve(of, *with),
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b || a.len() == b.len() && sorted(a) == sorted(b),
            _ => false,
        }
    }
}

fn sorted(entries: &[(String, Data)]) -> BTreeMap<&str, &Data> {
    entries.iter().map(|(key, value)| (key.as_str(), value)).collect()
}

impl Data {
    /// Reads a value as it is given with an edit.
    pub(super) fn read(yaml: &str) -> Result<Self, Refusal> {
        let (trees, error) = parse(yaml);
        if let Some(error) = error {
            return Err(Refusal::Unreadable(error.message));
        }
        match &trees[..] {
            [] => Ok(Self::null()),
            [tree] if tree.duplicate_keys.is_empty() => Ok(Self::of(tree, tree.root())),
            [tree] => Err(Refusal::DuplicateKey(tree.duplicate_keys.first().and_then(|it| tree.text(*it)).unwrap_or_default().to_owned())),
            _ => Err(Refusal::Unsupported("values of several documents")),
        }
    }

    pub(super) fn of(tree: &Tree<'_>, id: NodeId) -> Self {
        match &tree.get(id).value {
            Value::Scalar { text, style } => Self::Leaf { text: text.clone().into_owned(), style: *style },
            Value::Sequence(items) => Self::List(items.iter().map(|it| Self::of(tree, *it)).collect()),
            Value::Mapping(_) => {
                Self::Map(tree.merged(id).iter().map(|it| (tree.text(it.key).unwrap_or_default().to_owned(), Self::of(tree, it.value))).collect())
            }
            Value::Alias(_) => Self::null(),
        }
    }

    fn null() -> Self {
        Self::Leaf { text: String::new(), style: Style::Plain }
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Leaf { text, style } if resolve(text, *style) == Scalar::Null)
    }

    /// Whether it is a map or list with nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::List(it) if it.is_empty()) || matches!(self, Self::Map(it) if it.is_empty())
    }

    /// Whether it takes lines of its own in block style.
    pub(super) fn is_block(&self) -> bool {
        match self {
            Self::Leaf { .. } => false,
            _ => !self.is_empty(),
        }
    }

    /// Whether a string with line breaks is in it.
    pub(super) fn has_breaks(&self) -> bool {
        match self {
            Self::Leaf { text, .. } => text.contains('\n'),
            Self::List(items) => items.iter().any(Self::has_breaks),
            Self::Map(entries) => entries.iter().any(|it| it.1.has_breaks()),
        }
    }

    /// The value within the blocks that `steps` call for.
    pub(super) fn within(self, steps: &[Step]) -> Result<Self, Refusal> {
        steps.iter().rev().try_fold(self, |value, step| match step {
            Step::Key(key) => Ok(Self::Map(vec![(key.as_str().to_owned(), value)])),
            Step::Index(0) => Ok(Self::List(vec![value])),
            Step::Index(it) => Err(Refusal::NoSuchElement(it.to_string())),
        })
    }

    /// The value at `steps`.
    pub(super) fn at(&self, steps: &[Step]) -> Option<&Self> {
        steps.iter().try_fold(self, |at, step| match (at, step) {
            (Self::Map(entries), Step::Key(key)) => entries.iter().find(|it| it.0 == key.as_str()).map(|it| &it.1),
            (Self::List(items), Step::Index(index)) => items.get(*index as usize),
            _ => None,
        })
    }

    fn child(&mut self, step: &Step) -> Option<&mut Self> {
        match (self, step) {
            (Self::Map(entries), Step::Key(key)) => entries.iter_mut().find(|it| it.0 == key.as_str()).map(|it| &mut it.1),
            (Self::List(items), Step::Index(index)) => items.get_mut(*index as usize),
            _ => None,
        }
    }

    /// Puts `value` at `steps`. What does not fit is left out: the text's side refuses it.
    pub(super) fn set(&mut self, steps: &[Step], value: Self) {
        let [step, rest @ ..] = steps else {
            *self = value;
            return;
        };
        if self.is_null() {
            *self = if matches!(step, Step::Key(_)) { Self::Map(Vec::new()) } else { Self::List(Vec::new()) };
        }
        if let Some(child) = self.child(step) {
            return child.set(rest, value);
        }
        let mut fresh = Self::null();
        fresh.set(rest, value);
        match (self, step) {
            (Self::Map(entries), Step::Key(key)) => entries.push((key.as_str().to_owned(), fresh)),
            (Self::List(items), Step::Index(_)) => items.push(fresh),
            _ => {}
        }
    }

    /// Takes out what is at `steps`, and the maps' entries that become empty by it, down to depth `floor`.
    pub(super) fn remove(&mut self, steps: &[Step], floor: usize) -> bool {
        let [step, rest @ ..] = steps else { return false };
        if !rest.is_empty() {
            let Some(child) = self.child(step) else { return false };
            let leaves_empty = child.remove(rest, floor.saturating_sub(1));
            if !(leaves_empty && floor == 0 && matches!(step, Step::Key(_))) {
                return false;
            }
        }
        match (&mut *self, step) {
            (Self::Map(entries), Step::Key(key)) => entries.retain(|it| it.0 != key.as_str()),
            (Self::List(items), Step::Index(index)) if (*index as usize) < items.len() => drop(items.remove(*index as usize)),
            _ => return false,
        }
        self.is_empty()
    }
}
