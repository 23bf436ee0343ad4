//! A number or a percentage, as rollouts and budgets take them.

use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::Text;

/// `intstr.IntOrString`: a count, a percentage such as `25%`, or a port's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum IntOrString {
    /// A plain number.
    Int(i64),
    /// Anything written as a string.
    Str(Text),
}

impl IntOrString {
    /// The percentage, when it is one.
    pub fn percent(&self) -> Option<i64> {
        match self {
            Self::Str(it) => it.strip_suffix('%')?.parse().ok(),
            Self::Int(_) => None,
        }
    }

    /// The count out of `total`, percentages rounded up or down; `None` when it is neither number nor percentage.
    ///
    /// Source: kubernetes apimachinery pkg/util/intstr GetScaledValueFromIntOrPercent.
    pub fn scaled(&self, total: i64, round_up: bool) -> Option<i64> {
        match self {
            Self::Int(it) => Some(*it),
            Self::Str(_) => {
                let product = self.percent()?.saturating_mul(total);
                Some(if round_up { product.saturating_add(99).div_euclid(100) } else { product.div_euclid(100) })
            }
        }
    }

    /// The number, when it is written as one (strings of digits are names of ports, not numbers).
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(it) => Some(*it),
            Self::Str(_) => None,
        }
    }
}

impl Default for IntOrString {
    fn default() -> Self {
        Self::Int(0)
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(it) => write!(f, "{it}"),
            Self::Str(it) => f.write_str(it),
        }
    }
}

impl Serialize for IntOrString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(it) => serializer.serialize_i64(*it),
            Self::Str(it) => serializer.serialize_str(it),
        }
    }
}

struct IntOrStringVisitor;

impl Visitor<'_> for IntOrStringVisitor {
    type Value = IntOrString;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a string")
    }
    fn visit_i64<E>(self, it: i64) -> Result<IntOrString, E> {
        Ok(IntOrString::Int(it))
    }
    fn visit_u64<E>(self, it: u64) -> Result<IntOrString, E> {
        Ok(IntOrString::Int(i64::try_from(it).unwrap_or(i64::MAX)))
    }
    fn visit_str<E>(self, it: &str) -> Result<IntOrString, E> {
        Ok(IntOrString::Str(Text::new(it)))
    }
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntOrStringVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_round_as_asked() {
        let quarter = IntOrString::Str("25%".into());
        assert_eq!(quarter.scaled(3, true), Some(1));
        assert_eq!(quarter.scaled(3, false), Some(0));
        assert_eq!(IntOrString::Int(2).scaled(3, true), Some(2));
        assert_eq!(IntOrString::Str("http".into()).scaled(3, true), None);
    }
}
