//! Random values of any type that serde can read: a source that answers whatever it is asked for.

use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor, value::Error};
use serde::forward_to_deserialize_any;

/// A small generator; the same seed gives the same values.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n.max(1)
    }

    /// A value of any type.
    pub fn value<T: for<'a> de::Deserialize<'a>>(&mut self) -> T {
        T::deserialize(Source { random: self, depth: 0 }).unwrap()
    }

    fn text(&mut self) -> String {
        const TEXTS: [&str; 12] = ["", "a", "shop", "api", "1", "true", "null", "ü\"\\\n\u{1}", "a.b/c", "10Gi", "\u{2028}", "x y"];
        let it = TEXTS[self.below(TEXTS.len() as u64) as usize].to_owned();
        if self.below(3) == 0 { format!("{it}{}", self.below(1000)) } else { it }
    }

    fn timestamp(&mut self) -> String {
        let second = self.below(4_000_000_000) as i64;
        let nano = if self.below(2) == 0 { 0 } else { self.below(1_000_000_000) as i32 };
        jiff::Timestamp::new(second, nano).unwrap().to_string()
    }

    fn quantity(&mut self) -> String {
        const SUFFIXES: [&str; 8] = ["", "n", "u", "m", "k", "Mi", "Gi", "E"];
        format!("{}{}", self.below(5000), SUFFIXES[self.below(8) as usize])
    }
}

/// Answers a type's questions.
struct Source<'r> {
    random: &'r mut Random,
    depth: u32,
}

impl Source<'_> {
    fn deeper(&mut self) -> Source<'_> {
        Source { random: &mut *self.random, depth: self.depth + 1 }
    }

    fn length(&mut self) -> u64 {
        self.random.below(if self.depth > 8 { 1 } else { 3 })
    }
}

/// What a visitor says that it waits for.
fn wanted<'de, V: Visitor<'de>>(visitor: &V) -> String {
    struct Wanted<'a, V>(&'a V);
    impl<'de, V: Visitor<'de>> std::fmt::Display for Wanted<'_, V> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.expecting(f)
        }
    }
    Wanted(visitor).to_string()
}

impl<'de> Deserializer<'de> for Source<'_> {
    type Error = Error;

    /// Types that take several shapes say in words what they take; one that says something new must be added here.
    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        match wanted(&visitor).as_str() {
            "a map" => {
                let left = self.length();
                visitor.visit_map(Entries { source: self, left })
            }
            "a quantity" => visitor.visit_string(self.random.quantity()),
            "a number or a string" if self.random.below(2) == 0 => visitor.visit_i64(self.random.below(100_000) as i64 - 50_000),
            "a count or a list" => visitor.visit_i64(self.random.below(9) as i64),
            "a number or a string" | "a scalar" | "a secret's value" => visitor.visit_string(self.random.text()),
            other => Err(de::Error::custom(format!("it is not known what `{other}` takes"))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let often = if self.depth > 8 { 0 } else { 2 };
        if self.random.below(3) < often { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.random.below(2) == 0)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let it = self.random.below(u64::MAX) as i64;
        visitor.visit_i64(if self.random.below(2) == 0 { it.wrapping_mul(0x1_0001) } else { it % 10 })
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i32(self.random.below(9) as i32 - 4)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(self.random.below(1 << 40))
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u32(self.random.below(1 << 30) as u32)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let it = if wanted(&visitor).contains("timestamp") { self.random.timestamp() } else { self.random.text() };
        visitor.visit_str(&it)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let left = self.length();
        visitor.visit_seq(Items { source: self, left })
    }

    fn deserialize_map<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let left = self.length();
        visitor.visit_map(Entries { source: self, left })
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { source: self, fields: fields.iter() })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, variants: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        let name = variants[self.random.below(variants.len() as u64) as usize];
        visitor.visit_enum(Variant { source: self, name })
    }

    forward_to_deserialize_any! { i8 i16 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit_struct tuple tuple_struct identifier }
}

struct Items<'r> {
    source: Source<'r>,
    left: u64,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(self.source.deeper()).map(Some)
    }
}

struct Entries<'r> {
    source: Source<'r>,
    left: u64,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let key = format!("k{}", self.source.random.below(1000));
        seed.deserialize(key.into_deserializer()).map(Some)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.source.deeper())
    }
}

/// Most fields of a struct; names that are aliases of one another stand for one field, which is given once.
struct Fields<'r> {
    source: Source<'r>,
    fields: std::slice::Iter<'static, &'static str>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        const ALIASES: [&str; 6] = ["regarding", "note", "certificateARNs", "cephMonitors", "rbdPool", "rbdImage"];
        for name in self.fields.by_ref() {
            if !ALIASES.contains(name) {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
        }
        Ok(None)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.source.deeper())
    }
}

struct Variant<'r> {
    source: Source<'r>,
    name: &'static str,
}

impl<'de, 'r> de::EnumAccess<'de> for Variant<'r> {
    type Error = Error;
    type Variant = Source<'r>;
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Source<'r>), Error> {
        let name = seed.deserialize(IntoDeserializer::<Error>::into_deserializer(self.name))?;
        Ok((name, self.source))
    }
}

impl<'de> de::VariantAccess<'de> for Source<'_> {
    type Error = Error;
    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(mut self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.deeper())
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("no model type has tuple variants"))
    }
    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { source: self, fields: fields.iter() })
    }
}
