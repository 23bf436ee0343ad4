//! The structure of every kind: fields, types, what is required, which values are allowed.

mod kinds;
mod rules;
mod text;

use std::borrow::Cow;
use std::sync::OnceLock;

pub use kinds::{FIRST_MINOR, Kind, LAST_MINOR, builtin, find};
pub use rules::Rules;
pub use text::{read_set, write_set};

/// Index of a type in its [`Set`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// What a value may look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Anything.
    Any,
    /// A string.
    Text,
    /// A boolean.
    Bool,
    /// A whole number that fits 32 bits.
    Int32,
    /// A whole number that fits 64 bits.
    Int64,
    /// A number.
    Float,
    /// A whole number that fits 32 bits, or a string.
    IntOrText,
    /// A Kubernetes quantity, as a number or a string.
    Quantity,
    /// Base64.
    Bytes,
    /// A time in RFC 3339.
    Time,
    /// Kubernetes' own `ObjectMeta`.
    Metadata,
    /// A list of equal shapes.
    List(Box<Shape>),
    /// A map with free keys and equal shapes as values.
    Map(Box<Shape>),
    /// A type of the same set.
    Type(TypeId),
}

/// One field of a [`Type`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name as written in a manifest.
    pub name: Cow<'static, str>,
    /// Its shape.
    pub shape: Shape,
    /// Whether an object without it is refused.
    pub required: bool,
    /// First minor version of Kubernetes with the field; 0: all.
    pub since: u16,
    /// Last minor version with the field; `u16::MAX`: all later ones.
    pub until: u16,
    /// What else holds for the value.
    pub rules: Option<Box<Rules>>,
}

impl Field {
    /// Whether Kubernetes 1.`minor` has the field.
    pub fn exists_in(&self, minor: u16) -> bool {
        (self.since..=self.until).contains(&minor)
    }
}

/// A named structure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Type {
    /// Fields, sorted by name.
    pub fields: Vec<Field>,
    /// Shape of the values under other keys.
    pub others: Option<Shape>,
    /// Whether other keys are kept as they are.
    pub open: bool,
    /// Set for a type that is no object, but another shape with rules.
    pub value: Option<Shape>,
    /// What holds for the whole value.
    pub rules: Option<Box<Rules>>,
}

impl Type {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        // Most steps are decided by the first letter, without a call to compare the rest.
        let first = name.as_bytes().first();
        let at = self.fields.binary_search_by(|it| it.name.as_bytes().first().cmp(&first).then_with(|| (*it.name).cmp(name))).ok()?;
        self.fields.get(at)
    }
}

/// Types that refer to each other. Each is read when it is first asked for.
#[derive(Debug, Default)]
pub struct Set {
    slots: Vec<Slot>,
}

#[derive(Debug)]
struct Slot {
    name: Cow<'static, str>,
    body: &'static str,
    read: OnceLock<Type>,
}

impl Set {
    /// A set of given types; references are indices into the list.
    pub fn of(types: Vec<(String, Type)>) -> Self {
        let slot = |(name, it): (String, Type)| Slot { name: Cow::Owned(name), body: "", read: OnceLock::from(it) };
        Self { slots: types.into_iter().map(slot).collect() }
    }

    /// The type of that name, in a set whose names are sorted.
    pub fn id(&self, name: &str) -> Option<TypeId> {
        let at = self.slots.binary_search_by(|it| (*it.name).cmp(name)).ok()?;
        u32::try_from(at).ok().map(TypeId)
    }

    /// A type; one that accepts anything for an index that the set does not have.
    pub fn get(&self, id: TypeId) -> &Type {
        static ANYTHING: Type = Type { fields: Vec::new(), others: None, open: true, value: None, rules: None };
        self.slots.get(id.0 as usize).map_or(&ANYTHING, |it| it.read.get_or_init(|| text::read_type(self, it.body)))
    }

    /// The name of a type.
    pub fn name(&self, id: TypeId) -> &str {
        self.slots.get(id.0 as usize).map_or("", |it| &it.name)
    }

    /// How many types there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }
}
