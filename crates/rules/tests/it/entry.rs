//! What fuzzing enters by: shared by the fuzz target and by a smoke test that any compiler runs.

use std::borrow::Cow;

use seatrial_model::{Handle, Origin};
use seatrial_rules::{Documents, Rule, RuleSpec, judge};
use seatrial_testkit::Fixture;

/// The text of a fixture's documents.
pub struct Text<'a>(pub &'a Fixture);

impl Documents for Text<'_> {
    fn text(&self, object: &Handle<'_>) -> Option<Cow<'_, str>> {
        let origin = object.origin?;
        let from = usize::try_from(origin.offset).ok()?;
        self.0.text.get(from..from + usize::try_from(origin.len).ok()?).map(Into::into)
    }

    fn place(&self, origin: &Origin) -> String {
        format!("fixture.yaml:{}", origin.line)
    }
}

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop, labels: {app: a, tier: web}}
spec:
  containers:
  - {name: a, image: 'registry/a:1', ports: [{containerPort: 80}], resources: {limits: {memory: 1Gi}}}
  - {name: b, image: b, env: [{name: A, value: b}, {name: C, value: d}]}
";

/// Judges a Pod and its containers by any condition.
pub fn condition(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let fixture = Fixture::new(POD);
    for each in [None, Some("containers")] {
        let fields = serde_json::json!({"id": "a-rule", "title": "x", "severity": "low", "condition": text, "messageExpression": text, "forEach": each});
        let spec: RuleSpec = serde_json::from_value(fields).expect("a rule");
        let Ok(rule) = Rule::compile(spec) else { continue };
        let it = judge(&[&rule], &fixture.snapshot, &Text(&fixture), &|_| false).remove(0);
        assert!(it.assessed as usize >= it.violations.len() && it.assessed <= 2);
    }
}
