//! Fields that the kind does not have are refused or ignored.

use seatrial_facts::guide::Row;
use seatrial_model::ProblemKind;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "field-unknown",
    rows: &[Row::ValidObjects],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "A field that the kind does not have",
    why: "Strict validation refuses the object; without it the field is dropped silently and what it was meant to do does not happen.",
    verify: "kubectl apply --dry-run=server --validate=strict -f FILE",
    fix: "Correct the spelling or the indentation, or remove the field.",
    sources: &["Kubernetes documentation, field validation", "Kubernetes API reference"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replica: 3 #~ field-unknown
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    good: "
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data: {a: \"1\"}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    super::problems_of::report(cx, ProblemKind::UnknownField, out);
}
