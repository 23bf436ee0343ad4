//! Required fields must be there.

use seatrial_facts::guide::Row;
use seatrial_model::ProblemKind;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "field-missing",
    rows: &[Row::ValidObjects],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "A required field is missing",
    why: "The API server refuses the object.",
    verify: "kubectl apply --dry-run=server --validate=strict -f FILE",
    fix: "Add the field.",
    sources: &["Kubernetes documentation, field validation", "Kubernetes API reference"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec: #~ field-missing
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
    super::problems_of::report(cx, ProblemKind::Missing, out);
}
