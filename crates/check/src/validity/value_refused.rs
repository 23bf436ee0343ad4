//! Values must be among those that the API accepts.

use seatrial_facts::guide::Row;
use seatrial_model::ProblemKind;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "value-refused",
    rows: &[Row::ValidObjects],
    severity: Severity::Error,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "A value that the API server refuses",
    why: "The API server refuses the object, and with it whatever is applied in the same step.",
    verify: "kubectl apply --dry-run=server --validate=strict -f FILE",
    fix: "Use one of the accepted values.",
    sources: &["Kubernetes documentation, field validation", "Kubernetes API reference"],
    bad: "
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  type: Internal #~ value-refused
  selector: {app: api}
  ports: [{port: 80}]
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
    super::problems_of::report(cx, ProblemKind::Refused, out);
}
