//! A document as a value that CEL sees, secrets masked.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value;
use cel::objects::Key;
use seatrial_manifest::scalar::Scalar;
use seatrial_manifest::tree::{self, NodeId, Tree};
use seatrial_model::{Literal, MASK, Path, Step};

use crate::cost::Size;

/// It repeats the whole object, secrets included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// An object's value and its size.
pub struct Seen {
    /// The value.
    pub value: Value,
    /// How large it is.
    pub size: Size,
}

/// The element of a list, and where it stands.
pub struct Element<'a> {
    /// Its path in the object.
    pub path: Path,
    /// The element.
    pub value: &'a Value,
}

/// Reads the object at `at`. `api_version` and `kind` are filled in where the document leaves them to the list around it.
pub fn object(tree: &Tree<'_>, at: NodeId, api_version: &str, kind: &str) -> Seen {
    let mut reader = Reader { tree, kind, size: Size::default() };
    let mut fields = reader.fields(at, 0);
    for (key, value) in [("apiVersion", api_version), ("kind", kind)] {
        fields.entry(Key::from(key)).or_insert_with(|| Value::from(value));
    }
    Seen { value: Value::from(fields), size: reader.size }
}

struct Reader<'a, 't> {
    tree: &'a Tree<'t>,
    kind: &'a str,
    size: Size,
}

impl Reader<'_, '_> {
    fn value(&mut self, at: NodeId, depth: u32) -> Value {
        self.size.values += 1;
        match &self.tree.get(at).value {
            tree::Value::Sequence(items) => {
                self.size.elements = self.size.elements.max(items.len() as u64);
                Value::List(Arc::new(items.iter().map(|it| self.value(*it, depth + 1)).collect()))
            }
            tree::Value::Mapping(_) => Value::from(self.fields(at, depth)),
            _ => self.scalar(at),
        }
    }

    fn fields(&mut self, at: NodeId, depth: u32) -> HashMap<Key, Value> {
        let entries = self.tree.merged(at);
        self.size.elements = self.size.elements.max(entries.len() as u64);
        let sibling = self.tree.child(at, "name").and_then(|it| self.tree.text(it)).unwrap_or("").to_owned();
        let mut fields = HashMap::new();
        for entry in entries.iter() {
            let Some(key) = self.tree.text(entry.key) else { continue };
            // Kubernetes takes a null for an absent field.
            if key == LAST_APPLIED || self.tree.get(entry.value).is_null() {
                continue;
            }
            let secret = self.kind == "Secret" && depth == 0 && ["data", "stringData"].contains(&key);
            let literals = self.kind == "ConfigMap" && depth == 0 && key == "data";
            let value = if secret || literals { self.masked(entry.value, secret) } else { self.value(entry.value, depth + 1) };
            let value = if key == "value" && looks_secret(&sibling, &value) { Value::from(MASK) } else { value };
            fields.insert(Key::from(key), value);
        }
        fields
    }

    /// `data` of a Secret, or of a ConfigMap: keys stay, secret values do not.
    fn masked(&mut self, at: NodeId, all: bool) -> Value {
        let entries = self.tree.merged(at);
        self.size.elements = self.size.elements.max(entries.len() as u64);
        let mut fields: HashMap<Key, Value> = HashMap::new();
        for entry in entries.iter() {
            let Some(key) = self.tree.text(entry.key) else { continue };
            let value = if all { Value::from(MASK) } else { self.value(entry.value, 1) };
            let value = if looks_secret(key, &value) { Value::from(MASK) } else { value };
            fields.insert(Key::from(key), value);
        }
        Value::from(fields)
    }

    fn scalar(&mut self, at: NodeId) -> Value {
        match self.tree.scalar(at) {
            Some(Scalar::Bool(it)) => Value::Bool(it),
            Some(Scalar::Int(it)) => Value::Int(it),
            Some(Scalar::Float(it)) => Value::Float(it),
            Some(Scalar::Str(it)) => {
                self.size.longest = self.size.longest.max(it.len() as u64);
                Value::from(it)
            }
            Some(Scalar::Null) | None => Value::Null,
        }
    }
}

impl Seen {
    /// The elements of the list that `pattern` names; `*` in it stands for every element.
    pub fn elements(&self, pattern: &Path) -> Vec<Element<'_>> {
        let mut found = vec![Element { path: Path::root(), value: &self.value }];
        for step in &pattern.0 {
            found = found.into_iter().flat_map(|it| it.step(step)).collect();
        }
        found
    }
}

impl<'a> Element<'a> {
    fn step(self, step: &Step) -> Vec<Element<'a>> {
        match (self.value, step) {
            (Value::List(items), Step::Key(key)) if &**key == "*" => {
                items.iter().enumerate().map(|(at, value)| Element { path: self.path.index(at), value }).collect()
            }
            (Value::List(items), Step::Index(at)) => {
                items.get(*at as usize).map(|value| Element { path: self.path.index(*at as usize), value }).into_iter().collect()
            }
            (Value::Map(map), Step::Key(key)) => map.map.get(&Key::from(&**key)).map(|value| Element { path: self.path.key(key), value }).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// What people call it: its name, else its path.
    pub fn name(&self) -> String {
        self.own_name().map_or_else(|| self.path.to_string(), str::to_owned)
    }

    /// Its `name`.
    pub fn own_name(&self) -> Option<&'a str> {
        match self.value {
            Value::Map(map) => match map.map.get(&Key::from("name")) {
                Some(Value::String(it)) => Some(it),
                _ => None,
            },
            _ => None,
        }
    }
}

fn looks_secret(name: &str, value: &Value) -> bool {
    match value {
        Value::String(text) => Literal::classify(name, text).looks_like().is_some(),
        _ => false,
    }
}
