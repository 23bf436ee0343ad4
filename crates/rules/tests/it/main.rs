//! Rules on fixtures: what they judge, what they cannot, and what they must not do.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod bounds;
mod entry;
mod judging;
mod refusals;

use entry::Text;
use seatrial_rules::{Judged, Rule, RuleSpec, judge};
use seatrial_testkit::Fixture;
use serde_json::{Value, json};

/// A rule of these fields, besides an id, a title and a severity.
pub fn spec(fields: Value) -> RuleSpec {
    let mut all = json!({"id": "a-rule", "title": "It is wrong", "severity": "medium"});
    for (key, value) in fields.as_object().unwrap() {
        all[key] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

/// What a rule comes to on a fixture.
pub fn judged(fields: Value, text: &str) -> Judged {
    let fixture = Fixture::new(text);
    assert_eq!(fixture.snapshot.unread, [], "a fixture must be readable");
    let rule = Rule::compile(spec(fields)).unwrap();
    judge(&[&rule], &fixture.snapshot, &Text(&fixture), &|_| false).remove(0)
}

/// What a condition comes to on a ConfigMap: true, false or why it cannot be told.
pub fn evaluated(condition: &str) -> Result<bool, String> {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: it\n  labels: {team: shop}\ndata: {a: x, b: 'y'}\n";
    let it = judged(json!({"condition": condition}), text);
    match it.unknown {
        Some(reason) => Err(reason),
        None => Ok(it.violations.is_empty()),
    }
}
