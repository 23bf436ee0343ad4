//! Node selector terms as the scheduler reads them: a term with an invalid condition matches nothing.

use seatrial_model::pod::NodeSelectorTerm;
use seatrial_model::{Labels, PodSpec, Requirement};

/// Whether a term matches a node of this name with these labels.
///
/// Source: kubernetes component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go.
pub fn term_matches(term: &NodeSelectorTerm, name: &str, labels: &Labels) -> bool {
    let valid = term.match_expressions.iter().all(is_valid) && term.match_fields.iter().all(is_valid_field);
    valid && term.matches(name, labels)
}

/// Whether a pod's node selector and required node affinity accept a node of this name with these labels.
pub fn accepts(spec: &PodSpec, name: &str, labels: &Labels) -> bool {
    let required = spec.affinity.as_ref().and_then(|it| it.node_affinity.as_ref()?.required_during_scheduling_ignored_during_execution.as_ref());
    spec.node_selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        && required.is_none_or(|it| it.node_selector_terms.iter().any(|term| term_matches(term, name, labels)))
}

/// A field condition names exactly one value.
fn is_valid_field(it: &Requirement) -> bool {
    matches!(&*it.operator, "In" | "NotIn") && it.values.len() == 1
}

/// Source: kubernetes apimachinery pkg/labels/selector.go NewRequirement.
fn is_valid(it: &Requirement) -> bool {
    let count = match &*it.operator {
        "In" | "NotIn" => !it.values.is_empty(),
        "Exists" | "DoesNotExist" => it.values.is_empty(),
        "Gt" | "Lt" => it.values.len() == 1 && it.values[0].parse::<i64>().is_ok(),
        _ => false,
    };
    count && it.values.iter().all(|it| is_label_value(it))
}

/// Source: kubernetes apimachinery pkg/util/validation IsValidLabelValue.
fn is_label_value(text: &str) -> bool {
    let inner = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.');
    let edge = |it: Option<&u8>| it.is_none_or(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    bytes.len() <= 63 && bytes.iter().all(|it| inner(*it)) && edge(bytes.first()) && edge(bytes.last())
}
