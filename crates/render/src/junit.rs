//! JUnit XML: a suite a table of the guide, a test case a row; unknown rows are skipped tests, never passed ones.

use std::collections::BTreeMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};
use seatrial_report::{Finding, Report, RowResult, Verdict};

use crate::Options;

pub fn write(report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document::new("seatrial");
    let mut suites: Vec<(String, TestSuite)> = Vec::new();
    let mut by_row: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for it in report.counting() {
        by_row.entry(&it.row).or_default().push(it);
    }
    for row in &report.rows {
        if suites.last().is_none_or(|it| it.0 != row.table) {
            suites.push((row.table.clone(), TestSuite::new(row.table.as_str())));
        }
        let findings = by_row.get(row.row.as_str()).map(Vec::as_slice).unwrap_or_default();
        if let Some((_, suite)) = suites.last_mut() {
            suite.add_test_case(case(row, findings));
        }
    }
    let mut unread = TestSuite::new("Inputs");
    for it in &report.coverage.unread {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(format!("{}: {}", it.place(), it.reason));
        unread.add_test_case(TestCase::new(it.file.as_str(), status));
    }
    if !report.coverage.unread.is_empty() {
        suites.push((String::new(), unread));
    }
    document.add_test_suites(suites.into_iter().map(|it| it.1));
    document.serialize(out).map_err(io::Error::other)
}

fn case(row: &RowResult, findings: &[&Finding]) -> TestCase {
    let status = match row.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Unknown | Verdict::Na => {
            let mut it = TestCaseStatus::skipped();
            it.set_message(format!("{}: {}", row.verdict.word(), row.reason));
            it
        }
        Verdict::Fail => {
            let mut it = TestCaseStatus::non_success(NonSuccessKind::Failure);
            it.set_message(row.reason.clone());
            it.set_type("finding");
            it.set_description(findings.iter().map(|it| line(it)).collect::<Vec<_>>().join("\n"));
            it
        }
    };
    let mut case = TestCase::new(row.title.as_str(), status);
    case.set_classname(row.row.as_str());
    case
}

fn line(it: &Finding) -> String {
    let place = it.locations.first().map(|it| if it.line > 0 { format!("{}:{}:{}: ", it.file, it.line, it.column) } else { String::new() }).unwrap_or_default();
    format!("{place}{} [{}] {}", it.severity.word(), it.check, it.message)
}
