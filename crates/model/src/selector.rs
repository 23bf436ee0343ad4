//! Label selectors with Kubernetes' own semantics.

use serde::{Deserialize, Serialize};

use crate::text::{Labels, Text};

/// A `metav1.LabelSelector`: every entry of both lists must hold; empty selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// `key: value` pairs that must all be equal.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub match_labels: Labels,
    /// Further conditions, all of which must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<Requirement>,
}

/// One condition on a label; also a node selector's condition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Requirement {
    /// Label key.
    pub key: Text,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`; for nodes also `Gt` and `Lt`.
    pub operator: Text,
    /// Values of `In`, `NotIn` (and one integer for `Gt`, `Lt`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Text>,
}

impl LabelSelector {
    /// A selector of equal pairs only.
    pub fn of(labels: Labels) -> Self {
        Self { match_labels: labels, match_expressions: Vec::new() }
    }

    /// Whether the selector has no condition, and so selects everything.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// Whether `labels` satisfy every condition.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.match_labels.iter().all(|(k, v)| labels.get(k) == Some(v)) && self.match_expressions.iter().all(|it| it.matches(labels))
    }
}

impl Requirement {
    /// Whether `labels` satisfy this condition. `NotIn` also holds where the key is absent; an unknown operator never holds.
    ///
    /// Source: kubernetes apimachinery pkg/labels/selector.go.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match self.operator.as_str() {
            "In" => value.is_some_and(|it| self.values.contains(it)),
            "NotIn" => value.is_none_or(|it| !self.values.contains(it)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => self.compare(value, |node, wanted| node > wanted),
            "Lt" => self.compare(value, |node, wanted| node < wanted),
            _ => false,
        }
    }

    fn compare(&self, value: Option<&Text>, holds: fn(i64, i64) -> bool) -> bool {
        let [wanted] = self.values.as_slice() else { return false };
        match (value.and_then(|it| it.parse().ok()), wanted.parse().ok()) {
            (Some(node), Some(wanted)) => holds(node, wanted),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(k, v)| (Text::new(k), Text::new(v))).collect()
    }

    #[test]
    fn all_conditions_must_hold() {
        let both = LabelSelector::of(labels(&[("app", "api"), ("tier", "web")]));
        assert!(both.matches(&labels(&[("app", "api"), ("tier", "web"), ("x", "y")])));
        assert!(!both.matches(&labels(&[("app", "api")])));
        assert!(LabelSelector::default().matches(&labels(&[])), "empty selects everything");
    }

    #[test]
    fn not_in_holds_without_the_key() {
        let it = Requirement { key: "a".into(), operator: "NotIn".into(), values: vec!["b".into()] };
        assert!(it.matches(&labels(&[])));
        assert!(!it.matches(&labels(&[("a", "b")])));
    }
}
