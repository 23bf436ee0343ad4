//! The words of a violation.

use seatrial_facts::schema::{Shape, Type};

use crate::scalar::Scalar;
use crate::tree::{NodeId, Tree, Value};

/// What a shape accepts.
pub(super) fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "anything",
        Shape::Text => "a string",
        Shape::Bool => "true or false",
        Shape::Int32 => "a whole number of at most 32 bits",
        Shape::Int64 => "a whole number",
        Shape::Float => "a number",
        Shape::IntOrText => "a whole number or a string",
        Shape::Quantity => "a quantity such as 250m or 1Gi",
        Shape::Bytes => "base64 text",
        Shape::Time => "a time such as 2026-01-31T08:00:00Z",
        Shape::List(_) => "a list",
        Shape::Metadata | Shape::Map(_) | Shape::Type(_) => "a map",
    }
}

/// What is written there.
pub(super) fn written(tree: &Tree<'_>, id: NodeId) -> String {
    match &tree.get(id).value {
        Value::Sequence(_) => "a list".to_owned(),
        Value::Mapping(_) => "a map".to_owned(),
        _ => match tree.scalar(id) {
            Some(Scalar::Bool(_)) => format!("the boolean {}", shortened(tree.text(id).unwrap_or(""))),
            Some(Scalar::Int(_) | Scalar::Float(_)) => format!("the number {}", shortened(tree.text(id).unwrap_or(""))),
            // Never quote text: it may be a secret.
            Some(Scalar::Str(_)) => "a string".to_owned(),
            _ => "null".to_owned(),
        },
    }
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(24).map_or(text, |(end, _)| &text[..end])
}

/// The field of `it` whose name is most like `name`, if any is close.
pub(super) fn nearest<'a>(it: &'a Type, name: &str, minor: u16) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    let known = it.fields.iter().filter(|it| it.exists_in(minor));
    let scored = known.map(|it| (distance(&it.name.to_lowercase(), &name.to_lowercase()), &*it.name));
    scored.filter(|it| it.0 <= limit).min().map(|it| it.1)
}

/// Levenshtein distance between two names, in characters.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("allowprivilegedescalation", "allowprivilegeescalation"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
    }
}
