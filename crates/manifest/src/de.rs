//! Reading typed objects out of a [`Tree`] with serde.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use crate::scalar::Scalar;
use crate::tree::{Entry, NodeId, Tree, Value};

/// A reader of one value. Null entries count as absent, as Kubernetes takes them; values listed in `skip` too.
#[derive(Clone, Copy)]
pub struct TreeDeserializer<'a, 't> {
    tree: &'a Tree<'t>,
    at: NodeId,
    skip: &'a [NodeId],
}

impl<'a, 't> TreeDeserializer<'a, 't> {
    /// Reads the value at `at`, leaving out the values in `skip` (sorted): those whose type is known to be wrong.
    pub fn new(tree: &'a Tree<'t>, at: NodeId, skip: &'a [NodeId]) -> Self {
        Self { tree, at, skip }
    }

    fn to(self, at: NodeId) -> Self {
        Self { at, ..self }
    }

    fn absent(self, at: NodeId) -> bool {
        self.tree.get(at).is_null() || self.skip.binary_search(&at).is_ok()
    }
}

/// Why a value could not be read, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// In words.
    pub message: String,
    /// The value, where it is known.
    pub at: Option<NodeId>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), at: None }
    }

    // What is written there may be a secret: its type is said, never its text.
    fn invalid_type(found: de::Unexpected<'_>, wanted: &dyn de::Expected) -> Self {
        Self::custom(format_args!("{} where {wanted} was expected", type_of(found)))
    }

    fn invalid_value(found: de::Unexpected<'_>, wanted: &dyn de::Expected) -> Self {
        Self::custom(format_args!("{} that is not {wanted}", type_of(found)))
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::custom(format_args!("not one of {}", known.join(", ")))
    }
}

fn type_of(it: de::Unexpected<'_>) -> &'static str {
    match it {
        de::Unexpected::Bool(_) => "a boolean",
        de::Unexpected::Unsigned(_) | de::Unexpected::Signed(_) => "a whole number",
        de::Unexpected::Float(_) => "a number",
        de::Unexpected::Char(_) | de::Unexpected::Str(_) => "a text",
        de::Unexpected::Unit | de::Unexpected::Option => "null",
        de::Unexpected::Seq => "a list",
        de::Unexpected::Map => "a map",
        _ => "a value of another type",
    }
}

impl<'de> Deserializer<'de> for TreeDeserializer<'_, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let at = self.tree.resolve(self.at);
        let read = match &self.tree.node(at).value {
            Value::Sequence(items) => visitor.visit_seq(Items { de: self, items: items.iter() }),
            Value::Mapping(_) => {
                let entries = self.tree.merged(at);
                visitor.visit_map(Entries { de: self, entries: &entries, next: 0 })
            }
            _ => match self.tree.scalar(at) {
                Some(Scalar::Bool(it)) => visitor.visit_bool(it),
                Some(Scalar::Int(it)) => visitor.visit_i64(it),
                Some(Scalar::Float(it)) => visitor.visit_f64(it),
                Some(Scalar::Str(it)) => visitor.visit_str(it),
                Some(Scalar::Null) | None => visitor.visit_unit(),
            },
        };
        read.map_err(|error: Error| Error { at: error.at.or(Some(self.at)), ..error })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.absent(self.at) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(self, name: &'static str, variants: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        let read = match self.tree.scalar(self.at) {
            Some(Scalar::Str(text)) => visitor.visit_enum(text.into_deserializer()),
            _ => {
                let entries = self.tree.merged(self.at);
                let map = Entries { de: self, entries: &entries, next: 0 };
                de::value::MapAccessDeserializer::new(map).deserialize_enum(name, variants, visitor)
            }
        };
        read.map_err(|error: Error| Error { at: error.at.or(Some(self.at)), ..error })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    /// The text of a scalar, whatever it looks like: `name: 1` is read leniently here and reported by the schema.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree.text(self.at) {
            Some(text) => visitor.visit_str(text),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
    }
}

struct Items<'s, 'a, 't> {
    de: TreeDeserializer<'a, 't>,
    items: std::slice::Iter<'s, NodeId>,
}

impl<'de> SeqAccess<'de> for Items<'_, '_, '_> {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        // A null or unreadable element stays in its place, so that indices in paths hold.
        match self.items.next() {
            Some(&it) if self.de.absent(it) => seed.deserialize(Absent).map(Some),
            Some(&it) => seed.deserialize(self.de.to(it)).map(Some),
            None => Ok(None),
        }
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Entries<'s, 'a, 't> {
    de: TreeDeserializer<'a, 't>,
    entries: &'s [Entry],
    next: usize,
}

impl<'de> MapAccess<'de> for Entries<'_, '_, '_> {
    type Error = Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        while let Some(it) = self.entries.get(self.next) {
            self.next += 1;
            // Of equal keys the last one counts; serde would refuse the second.
            if !self.de.tree.is_shadowed(it.key) && !self.de.absent(it.value) {
                return seed.deserialize(self.de.to(it.key)).map(Some);
            }
        }
        Ok(None)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.de.to(self.entries[self.next - 1].value))
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// Stands in for a null or unreadable list element: everything in it is absent.
struct Absent;

impl<'de> Deserializer<'de> for Absent {
    type Error = Error;
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(de::value::MapDeserializer::<_, Error>::new(std::iter::empty::<(&str, &str)>()))
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str("")
    }
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str("")
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_none()
    }
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(0)
    }
    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
