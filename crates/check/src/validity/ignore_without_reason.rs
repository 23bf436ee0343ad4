//! A suppression must say why.

use seatrial_facts::guide::Row;
use seatrial_report::{Confidence, Severity};

use crate::{Check, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ignore-without-reason",
    rows: &[Row::ValidIgnores],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "A suppression gives no reason or names no check",
    why: "Nobody can tell later whether the risk was accepted or overlooked, so the suppression does not count.",
    verify: "grep -rn 'seatrial: ignore' .",
    fix: "Write the reason behind the bracket, and name checks that exist.",
    sources: &["Seatrial, suppressions"],
    bad: "
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings # seatrial: ignore[pdb-missing] #~ ignore-without-reason
data: {a: b}
",
    good: "
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings # seatrial: ignore[ignore-unused] shows the form
data: {a: b}
",
    run: Run::Policy,
    repair: None,
};
