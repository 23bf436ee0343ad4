//! JUnit XML: a suite a kind of drill, a test case a target; what could not be answered is a skipped test, never a passed one.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};
use seatrial_report::drill::{Answer, Drill, Verdict};

use super::{Options, groups};

pub fn write(answer: &Answer, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document::new("seatrial drill");
    for (id, drills) in groups(answer) {
        let mut suite = TestSuite::new(id);
        suite.add_test_cases(drills.into_iter().map(case));
        document.add_test_suite(suite);
    }
    document.serialize(out).map_err(io::Error::other)
}

fn case(it: &Drill) -> TestCase {
    let status = match it.verdict {
        Verdict::Survives => TestCaseStatus::success(),
        Verdict::Unknown => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("UNKNOWN: {}", it.summary));
            status
        }
        bad => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(it.summary.clone());
            status.set_type(bad.word().to_lowercase());
            let blocked = it.blocked.iter().map(|it| format!("{}: {} {} = {}: {}", it.pod, it.object, it.field, it.value, it.fix));
            let workloads = it.workloads.iter().map(|it| format!("{} {}: {}", it.verdict.word(), it.object, it.reason));
            status.set_description(workloads.chain(blocked).collect::<Vec<_>>().join("\n"));
            status
        }
    };
    let mut case = TestCase::new(if it.target.is_empty() { it.drill.as_str() } else { it.target.as_str() }, status);
    case.set_classname(it.row.as_str());
    case
}
