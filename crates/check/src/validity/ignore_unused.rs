//! A suppression that no longer hides anything must go.

use seatrial_facts::guide::Row;
use seatrial_report::{Confidence, Severity};

use crate::{Check, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ignore-unused",
    rows: &[Row::ValidIgnores],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "A suppression hides nothing any more",
    why: "It will hide the next problem of that kind without anybody having decided so.",
    verify: "seatrial check --no-ignores",
    fix: "Take the suppression out.",
    sources: &["Seatrial, suppressions"],
    bad: "
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings # seatrial: ignore[pdb-missing] copied from elsewhere #~ ignore-unused
data: {a: b}
",
    good: "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api # seatrial: ignore[pdb-missing] restarted by hand, never drained
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: registry/api:1.0}]}
",
    run: Run::Policy,
    repair: None,
};
