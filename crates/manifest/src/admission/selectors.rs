//! Labels and selectors.

use seatrial_model::ProblemKind;

use super::judge::Judge;
use super::syntax;
use crate::at::At;
use crate::schema::Violation;

/// Judges a map of labels.
pub(super) fn labels(it: &mut Judge<'_>, at: &At<'_, '_>) {
    for entry in at.entries().iter() {
        let key = at.tree.text(entry.key).unwrap_or("");
        let value = at.entry(key, entry.value);
        if !syntax::is_qualified_name(key) {
            it.refuse(&value, format!("the label's key `{key}` must be {}", syntax::QUALIFIED_NAME));
        }
        if !syntax::is_label_value(value.str()) {
            it.refuse(&value, format!("the value of label `{key}` must be {}", syntax::LABEL_VALUE));
        }
    }
}

/// Judges a selector with `matchLabels` and `matchExpressions`.
pub(super) fn selector(it: &mut Judge<'_>, at: &At<'_, '_>) {
    labels(it, &at.key("matchLabels"));
    for requirement in at.key("matchExpressions").items() {
        let (operator, values) = (requirement.key("operator"), requirement.key("values"));
        it.one_of(&operator, &["In", "NotIn", "Exists", "DoesNotExist"]);
        values_of(it, operator.str(), &values);
        it.qualified_name(&requirement.key("key"));
        for value in values.items() {
            it.notation(&value, syntax::is_label_value, syntax::LABEL_VALUE);
        }
    }
}

/// `In` and `NotIn` need values, `Exists` and `DoesNotExist` refuse them.
pub(super) fn values_of(it: &mut Judge<'_>, operator: &str, values: &At<'_, '_>) {
    match operator {
        "In" | "NotIn" => it.require(values, "operators `In` and `NotIn` compare with values"),
        "Exists" | "DoesNotExist" if !values.is_empty() => it.refuse(values, format!("`values` must not be set with operator `{operator}`")),
        _ => {}
    }
}

/// A controller's selector must select something, and the pods of its own template.
pub(super) fn of_template(it: &mut Judge<'_>, selector_at: &At<'_, '_>, template: &At<'_, '_>) {
    selector(it, selector_at);
    // A missing selector is reported as such.
    if !selector_at.is_map() {
        return;
    }
    if selector_at.key("matchLabels").is_empty() && selector_at.key("matchExpressions").is_empty() {
        it.refuse(selector_at, "`selector` must not be empty");
        return;
    }
    let metadata = template.key("metadata");
    let labels = metadata.key("labels");
    if template.is_set() && !matches(selector_at, &labels) {
        let at = if labels.is_set() { labels } else { *selector_at };
        let message = "the template's labels must match the `selector`: it would not select its own pods".to_owned();
        it.out.push(Violation { path: labels.path(), at: at.place(), kind: ProblemKind::Refused, message });
    }
}

/// Whether a selector selects a map of labels.
fn matches(selector: &At<'_, '_>, labels: &At<'_, '_>) -> bool {
    let (wanted, expressions) = (selector.key("matchLabels"), selector.key("matchExpressions"));
    let all = wanted.entries().iter().all(|entry| {
        let key = wanted.tree.text(entry.key).unwrap_or("");
        let label = labels.key(key);
        label.is_set() && label.text() == wanted.entry(key, entry.value).text() || wanted.entry(key, entry.value).is_empty() && has(labels, key)
    });
    all && expressions.items().all(|requirement| {
        let (key, values) = (requirement.key("key"), requirement.key("values"));
        let label = labels.key(key.str());
        let among = label.is_set() && values.items().any(|it| it.text() == label.text());
        match requirement.key("operator").str() {
            "In" => among,
            "NotIn" => !among,
            "Exists" => has(labels, key.str()),
            "DoesNotExist" => !has(labels, key.str()),
            _ => true,
        }
    })
}

/// Whether a key is written, also with nothing after it.
fn has(labels: &At<'_, '_>, key: &str) -> bool {
    labels.id().is_some_and(|it| labels.tree.entry(it, key).is_some())
}
