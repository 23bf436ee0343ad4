//! A suppression past its day no longer counts.

use seatrial_facts::guide::Row;
use seatrial_report::{Confidence, Severity};

use crate::{Check, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "ignore-expired",
    rows: &[Row::ValidIgnores],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[],
    title: "A suppression has expired",
    why: "The risk was accepted until a day that has passed; what it hid counts again.",
    verify: "grep -n expires seatrial.yaml",
    fix: "Mend what it hid, or decide anew and move the day.",
    sources: &["Seatrial, suppressions"],
    bad: "",
    good: "",
    run: Run::Policy,
    repair: None,
};
