//! A key stands once in a block.

use seatrial_facts::guide::Row;
use seatrial_model::ProblemKind;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "duplicate-key",
    rows: &[Row::ValidObjects],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "A key is written twice in the same block",
    why: "The last one wins silently, and strict validation refuses the document.",
    verify: "kubectl apply --dry-run=server --validate=strict -f FILE",
    fix: "Merge the two, or remove one.",
    sources: &["Kubernetes documentation, field validation", "Kubernetes API reference"],
    bad: "
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  replicas: 3 #~ duplicate-key
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
    super::problems_of::report(cx, ProblemKind::DuplicateKey, out);
}
