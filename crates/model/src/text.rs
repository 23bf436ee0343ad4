//! Interned strings and the small sorted maps made of them.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An immutable, cheaply cloned string. Equal strings read on one thread share their bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(Arc<str>);

/// Longer strings rarely repeat: interning them would only fill the table.
const LONGEST_INTERNED: usize = 96;
/// The table starts afresh at this size, so that a hostile input cannot grow it without bound.
const MOST_INTERNED: usize = 1 << 18;

thread_local! {
    static INTERNED: RefCell<HashSet<Arc<str>>> = RefCell::new(HashSet::new());
}

impl Text {
    /// The shared copy of `text`.
    pub fn new(text: &str) -> Self {
        if text.len() > LONGEST_INTERNED {
            return Self(Arc::from(text));
        }
        INTERNED.with_borrow_mut(|table| {
            if let Some(known) = table.get(text) {
                return Self(known.clone());
            }
            if table.len() >= MOST_INTERNED {
                table.clear();
            }
            let fresh: Arc<str> = Arc::from(text);
            table.insert(fresh.clone());
            Self(fresh)
        })
    }

    /// The shared copy of a text out of a document, without secrets that their shape gives away.
    fn read(text: &str) -> Self {
        // What is known was looked at when it was new.
        let known = INTERNED.with_borrow(|table| table.get(text).cloned());
        known.map_or_else(|| Self::new(&crate::secret_line::without_shapes(text)), Self)
    }

    /// The string itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::new("")
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = Text;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text::read(text))
    }
    fn visit_bool<E>(self, it: bool) -> Result<Text, E> {
        Ok(Text::new(if it { "true" } else { "false" }))
    }
    fn visit_i64<E>(self, it: i64) -> Result<Text, E> {
        Ok(Text::new(&it.to_string()))
    }
    fn visit_u64<E>(self, it: u64) -> Result<Text, E> {
        Ok(Text::new(&it.to_string()))
    }
    fn visit_f64<E>(self, it: f64) -> Result<Text, E> {
        Ok(Text::new(&it.to_string()))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A map with string keys, sorted by key; small, so a sorted slice beats a tree.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TextMap<V>(Vec<(Text, V)>);

/// Labels, annotations, node selectors.
pub type Labels = TextMap<Text>;

impl<V> Default for TextMap<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> TextMap<V> {
    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&V> {
        let at = self.0.binary_search_by(|(k, _)| (**k).cmp(key)).ok()?;
        Some(&self.0[at].1)
    }

    /// Whether `key` is present.
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Sets `key`, replacing what was there.
    pub fn insert(&mut self, key: Text, value: V) {
        match self.0.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// Takes `key` out.
    pub fn remove(&mut self, key: &str) -> Option<V> {
        let at = self.0.binary_search_by(|(k, _)| (**k).cmp(key)).ok()?;
        Some(self.0.remove(at).1)
    }

    /// Entries in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &V)> {
        self.0.iter().map(|(k, v)| (k, v))
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V> FromIterator<(Text, V)> for TextMap<V> {
    fn from_iter<I: IntoIterator<Item = (Text, V)>>(entries: I) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        // Of equal keys the last one written counts, as in Go's decoder.
        entries.reverse();
        entries.dedup_by(|a, b| a.0 == b.0);
        entries.reverse();
        entries.shrink_to_fit();
        Self(entries)
    }
}

impl<V: Serialize> Serialize for TextMap<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

struct MapVisitor<V>(std::marker::PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for MapVisitor<V> {
    type Value = TextMap<V>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(0).min(64));
        while let Some(key) = map.next_key::<Text>()? {
            if let Some(value) = map.next_value::<Option<V>>()? {
                entries.push((key, value));
            }
        }
        Ok(entries.into_iter().collect())
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(TextMap::default())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for TextMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MapVisitor(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_keys_counts() {
        let map: Labels = [("b", "1"), ("a", "2"), ("b", "3")].into_iter().map(|(k, v)| (Text::new(k), Text::new(v))).collect();
        assert_eq!(map.len(), 2);
        assert_eq!(map.get("b").map(Text::as_str), Some("3"));
    }

    #[test]
    fn equal_texts_share_bytes() {
        let (a, b) = (Text::new("shop"), Text::new("shop"));
        assert!(Arc::ptr_eq(&a.0, &b.0));
    }
}
