//! Typed looks at an answer's tree. JSON says numbers and booleans as such, XML as texts.

use jiff::Timestamp;
use seatrial_model::{Labels, Text};
use serde_json::Value;

/// A structure of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a>(pub &'a Value);

const NOTHING: &Value = &Value::Null;

impl<'a> Tree<'a> {
    /// The member at a dotted path; nothing where there is none.
    pub fn at(self, path: &str) -> Tree<'a> {
        Tree(path.split('.').try_fold(self.0, |it, key| it.get(key)).unwrap_or(NOTHING))
    }

    /// A text that may be absent. An empty one counts as absent.
    pub fn text(self, path: &str) -> Option<Text> {
        self.str(path).map(Text::new)
    }

    /// As [`Tree::text`], borrowed.
    pub fn str(self, path: &str) -> Option<&'a str> {
        self.at(path).0.as_str().filter(|it| !it.is_empty())
    }

    /// A text; empty where it is absent.
    pub fn word(self, path: &str) -> Text {
        self.text(path).unwrap_or_default()
    }

    /// A whole number.
    pub fn int(self, path: &str) -> Option<i64> {
        let it = self.at(path).0;
        // Some services write whole numbers with a fraction.
        it.as_i64().or_else(|| it.as_str()?.parse().ok()).or_else(|| it.as_f64().map(|it| it as i64))
    }

    /// A truth value.
    pub fn flag(self, path: &str) -> Option<bool> {
        let it = self.at(path).0;
        it.as_bool().or_else(|| it.as_str()?.parse().ok())
    }

    /// A moment: text of RFC 3339, or seconds since 1970.
    pub fn time(self, path: &str) -> Option<Timestamp> {
        let it = self.at(path).0;
        let seconds = |it: f64| Timestamp::from_millisecond((it * 1000.0) as i64).ok();
        it.as_f64().and_then(seconds).or_else(|| it.as_str()?.parse().ok())
    }

    /// A moment in milliseconds since 1970.
    pub fn millis(self, path: &str) -> Option<Timestamp> {
        self.int(path).and_then(|it| Timestamp::from_millisecond(it).ok())
    }

    /// Elements of a list; none where it is absent or, in XML, an empty element.
    pub fn list(self, path: &str) -> impl Iterator<Item = Tree<'a>> + use<'a> {
        self.at(path).0.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(Tree)
    }

    /// Texts of a list.
    pub fn texts(self, path: &str) -> Vec<Text> {
        self.list(path).filter_map(|it| it.0.as_str()).map(Text::new).collect()
    }

    /// Tags or labels: a map, or a list of keys and values in any spelling.
    pub fn labels(self, path: &str) -> Labels {
        let it = self.at(path);
        if let Some(map) = it.0.as_object() {
            return map.iter().map(|(key, value)| (Text::new(key), Text::new(value.as_str().unwrap_or_default()))).collect();
        }
        let pair = |it: Tree<'a>| {
            let key = ["Key", "key", "Name"].iter().find_map(|name| it.text(name))?;
            Some((key, ["Value", "value"].iter().find_map(|name| it.text(name)).unwrap_or_default()))
        };
        it.list_here().filter_map(pair).collect()
    }

    fn list_here(self) -> impl Iterator<Item = Tree<'a>> {
        self.0.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(Tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_xml_read_alike() {
        let json = serde_json::json!({"a": {"n": 3, "b": true, "t": 1_700_000_000.5}, "l": [{"Key": "k", "Value": "v"}]});
        let xml = serde_json::json!({"a": {"n": "3", "b": "true", "t": "2023-11-14T22:13:20.500Z"}, "l": [{"key": "k", "value": "v"}]});
        for it in [&json, &xml].map(Tree) {
            assert_eq!((it.int("a.n"), it.flag("a.b")), (Some(3), Some(true)));
            assert_eq!(it.time("a.t").map(|it| it.as_millisecond()), Some(1_700_000_000_500));
            assert_eq!(it.labels("l").get("k"), Some(&Text::new("v")));
            assert_eq!((it.text("a.x"), it.list("l.x").count()), (None, 0));
        }
    }
}
