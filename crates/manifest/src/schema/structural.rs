//! From the OpenAPI schema in a CustomResourceDefinition to types.

use std::borrow::Cow;
use std::collections::BTreeMap;

use seatrial_facts::schema::{Field, Rules, Set, Shape, Type, TypeId};

use crate::scalar::Scalar;
use crate::tree::{NodeId, Tree};

/// Types of structural schemas, equal ones once.
#[derive(Default)]
pub struct Structural {
    types: Vec<(String, Type)>,
    known: BTreeMap<String, TypeId>,
}

impl Structural {
    /// The type of the object whose schema stands at `schema`; it and the types in it are named after `name`.
    pub fn root(&mut self, tree: &Tree<'_>, schema: NodeId, name: &str) -> TypeId {
        let mut it = self.fields(tree, schema, name, true);
        add_identity(&mut it);
        self.intern(name, it)
    }

    /// The name of a type; equal types keep the name under which they came first.
    pub fn name(&self, id: TypeId) -> &str {
        self.types.get(id.0 as usize).map_or("", |it| &it.0)
    }

    /// The types as a set.
    pub fn into_set(self) -> Set {
        Set::of(self.types)
    }

    fn intern(&mut self, name: &str, it: Type) -> TypeId {
        let key = format!("{it:?}");
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let id = TypeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX));
        self.types.push((name.to_owned(), it));
        self.known.insert(key, id);
        id
    }

    /// The fields of an object's schema, without those that every object has where it is one.
    fn fields(&mut self, tree: &Tree<'_>, schema: NodeId, name: &str, is_object: bool) -> Type {
        let required: Vec<&str> = child_items(tree, schema, "required").iter().filter_map(|it| tree.text(*it)).collect();
        let mut it = Type { open: flag(tree, schema, "x-kubernetes-preserve-unknown-fields"), rules: boxed(rules(tree, schema)), ..Type::default() };
        let properties = tree.child(schema, "properties");
        for entry in properties.map_or(&[] as &[_], |it| tree.entries(it)) {
            let Some(key) = tree.text(entry.key).filter(|it| !(is_object && IDENTITY.iter().any(|known| known.0 == *it))) else { continue };
            let (shape, limits) = self.shape(tree, entry.value, &format!("{name}.{key}"));
            let has_default = tree.child(entry.value, "default").is_some();
            it.fields.push(Field {
                name: Cow::Owned(key.to_owned()),
                shape,
                required: required.contains(&key) && !has_default,
                since: 0,
                until: u16::MAX,
                rules: boxed(limits),
            });
        }
        it.fields.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        it.fields.dedup_by(|a, b| a.name == b.name);
        it
    }

    fn shape(&mut self, tree: &Tree<'_>, schema: NodeId, name: &str) -> (Shape, Rules) {
        let text = |key: &str| tree.child(schema, key).and_then(|it| tree.text(it)).unwrap_or("");
        let mut limits = rules(tree, schema);
        if flag(tree, schema, "x-kubernetes-int-or-string") {
            let is_quantity = limits.pattern.as_deref().is_some_and(|it| it.starts_with(QUANTITY));
            limits.pattern = limits.pattern.filter(|_| !is_quantity);
            return (if is_quantity { Shape::Quantity } else { Shape::IntOrText }, limits);
        }
        let shape = match (text("type"), text("format")) {
            ("string", "date-time") => Shape::Time,
            ("string", "byte") => Shape::Bytes,
            ("string", _) => Shape::Text,
            ("boolean", _) => Shape::Bool,
            ("integer", "int32") => Shape::Int32,
            ("integer", _) => Shape::Int64,
            ("number", _) => Shape::Float,
            ("array", _) => Shape::List(Box::new(self.inner(tree, tree.child(schema, "items"), &format!("{name}[]")))),
            ("object", _) => return (self.object(tree, schema, name), Rules::default()),
            _ => Shape::Any,
        };
        (shape, limits)
    }

    /// The shape of elements or values; one with rules of its own becomes a type.
    fn inner(&mut self, tree: &Tree<'_>, schema: Option<NodeId>, name: &str) -> Shape {
        let Some(schema) = schema else { return Shape::Any };
        let (shape, limits) = self.shape(tree, schema, name);
        if limits.is_empty() {
            return shape;
        }
        Shape::Type(self.intern(name, Type { value: Some(shape), rules: boxed(limits), ..Type::default() }))
    }

    fn object(&mut self, tree: &Tree<'_>, schema: NodeId, name: &str) -> Shape {
        let others = tree.child(schema, "additionalProperties");
        let is_embedded = flag(tree, schema, "x-kubernetes-embedded-resource");
        let mut it = self.fields(tree, schema, name, is_embedded);
        it.others = match others.map(|it| (it, tree.scalar(it))) {
            Some((_, Some(Scalar::Bool(true)))) => Some(Shape::Any),
            Some((_, Some(_))) | None => None,
            Some((id, None)) => Some(self.inner(tree, Some(id), &format!("{name}{{}}"))),
        };
        if is_embedded {
            add_identity(&mut it);
        }
        match it {
            Type { fields, others: Some(shape), open: false, rules: None, .. } if fields.is_empty() => Shape::Map(Box::new(shape)),
            Type { fields, others: None, open: true, rules: None, .. } if fields.is_empty() => Shape::Map(Box::new(Shape::Any)),
            it => Shape::Type(self.intern(name, it)),
        }
    }
}

/// How controller-gen starts the pattern of a quantity.
const QUANTITY: &str = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)";

/// Every object has these, whatever its schema says.
const IDENTITY: [(&str, Shape); 3] = [("apiVersion", Shape::Text), ("kind", Shape::Text), ("metadata", Shape::Metadata)];

fn add_identity(it: &mut Type) {
    for (name, shape) in IDENTITY {
        it.fields.push(Field { name: Cow::Borrowed(name), shape, required: false, since: 0, until: u16::MAX, rules: None });
    }
    it.fields.sort_unstable_by(|a, b| a.name.cmp(&b.name));
}

fn boxed(rules: Rules) -> Option<Box<Rules>> {
    (!rules.is_empty()).then(|| Box::new(rules))
}

fn flag(tree: &Tree<'_>, schema: NodeId, key: &str) -> bool {
    tree.child(schema, key).and_then(|it| tree.scalar(it)) == Some(Scalar::Bool(true))
}

fn child_items<'a>(tree: &'a Tree<'_>, id: NodeId, key: &str) -> &'a [NodeId] {
    tree.child(id, key).map_or(&[], |it| tree.items(it))
}

fn rules(tree: &Tree<'_>, schema: NodeId) -> Rules {
    let number = |key: &str| match tree.child(schema, key).and_then(|it| tree.scalar(it))? {
        Scalar::Int(it) => Some(it as f64),
        Scalar::Float(it) => Some(it),
        _ => None,
    };
    let count = |keys: [&str; 3]| keys.iter().find_map(|it| number(it)).map(|it| it as u64);
    let mut rules = Rules::default();
    rules.allowed = child_items(tree, schema, "enum").iter().filter_map(|it| tree.text(*it)).map(|it| Cow::Owned(it.to_owned())).collect();
    rules.pattern = tree.child(schema, "pattern").and_then(|it| tree.text(it)).map(|it| Cow::Owned(it.to_owned()));
    rules.range = (number("minimum"), number("maximum"));
    rules.length = (count(["minLength", "minItems", "minProperties"]), count(["maxLength", "maxItems", "maxProperties"]));
    rules
}
