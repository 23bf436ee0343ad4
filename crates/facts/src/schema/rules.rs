//! What holds for a value beyond its shape.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::Regex;

/// Limits on a value, as OpenAPI states them.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The only strings allowed; empty: all.
    pub allowed: Vec<Cow<'static, str>>,
    /// Regular expression that a string must match somewhere.
    pub pattern: Option<Cow<'static, str>>,
    /// Smallest and largest number.
    pub range: (Option<f64>, Option<f64>),
    /// Least and most characters, elements or entries.
    pub length: (Option<u64>, Option<u64>),
    compiled: OnceLock<Option<Regex>>,
}

impl PartialEq for Rules {
    fn eq(&self, other: &Self) -> bool {
        (&self.allowed, &self.pattern, self.range, self.length) == (&other.allowed, &other.pattern, other.range, other.length)
    }
}

impl Rules {
    /// Whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `text` is one of the allowed values.
    pub fn allows(&self, text: &str) -> bool {
        self.allowed.is_empty() || self.allowed.iter().any(|it| it == text)
    }

    /// Whether `text` matches the pattern. An expression that cannot be read here judges nothing.
    pub fn matches(&self, text: &str) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        let compiled = self.compiled.get_or_init(|| Regex::new(pattern).ok());
        compiled.as_ref().is_none_or(|it| it.is_match(text))
    }

    /// Whether a number is within the range.
    pub fn holds(&self, number: f64) -> bool {
        self.range.0.is_none_or(|it| number >= it) && self.range.1.is_none_or(|it| number <= it)
    }

    /// Whether so many characters, elements or entries are allowed.
    pub fn fits(&self, length: u64) -> bool {
        self.length.0.is_none_or(|it| length >= it) && self.length.1.is_none_or(|it| length <= it)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_may_match_anywhere_and_a_broken_one_refuses_nothing() {
        let rules = |pattern: &'static str| Rules { pattern: Some(pattern.into()), ..Rules::default() };
        assert!(rules("b+").matches("abc"));
        assert!(!rules("^[^/]*$").matches("a/b"));
        assert!(rules("(?<!x)").matches("x"));
    }
}
