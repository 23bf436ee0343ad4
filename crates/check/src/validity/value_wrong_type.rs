//! Values have the type that the field asks for.

use seatrial_facts::guide::Row;
use seatrial_model::ProblemKind;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "value-wrong-type",
    rows: &[Row::ValidObjects],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "A value has the wrong type",
    why: "The API server cannot read the object and refuses it.",
    verify: "kubectl apply --dry-run=server --validate=strict -f FILE",
    fix: "Write the value in the type of the field: quote numbers that are text, unquote those that are numbers.",
    sources: &["Kubernetes documentation, field validation", "Kubernetes API reference"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: \"3\" #~ value-wrong-type
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
    super::problems_of::report(cx, ProblemKind::WrongType, out);
}
