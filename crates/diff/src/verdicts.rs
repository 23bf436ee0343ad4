//! Rows and findings, side by side.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_report::diff::{FindingChange, FindingFate, RowChange};
use seatrial_report::{Finding, Report};

/// Rows whose verdict is another one.
pub fn rows(before: &Report, after: &Report) -> Vec<RowChange> {
    let earlier: BTreeMap<&str, _> = before.rows.iter().map(|it| (it.row.as_str(), it.verdict)).collect();
    after
        .rows
        .iter()
        .filter_map(|it| {
            let verdict = *earlier.get(it.row.as_str())?;
            (verdict != it.verdict).then(|| RowChange {
                row: it.row.clone(),
                table: it.table.clone(),
                title: it.title.clone(),
                before: verdict,
                after: it.verdict,
                reason: it.reason.clone(),
            })
        })
        .collect()
}

/// Findings that count, by fingerprint: worst first, and of equals by check and object.
pub fn findings(before: &Report, after: &Report) -> Vec<FindingChange> {
    let (earlier, later) = (by_fingerprint(before), by_fingerprint(after));
    let (blind_before, blind_after) = (blind(before), blind(after));
    let mut all = Vec::new();
    for (fingerprint, it) in &later {
        match earlier.get(fingerprint) {
            None if blind_before.contains(it.check.as_str()) => all.push(change(it, FindingFate::FirstSeen, None)),
            None => all.push(change(it, FindingFate::New, None)),
            Some(was) if it.severity < was.severity => all.push(change(it, FindingFate::Worse, Some(was))),
            Some(was) if it.severity > was.severity => all.push(change(it, FindingFate::Milder, Some(was))),
            Some(_) => {}
        }
    }
    for (_, it) in earlier.iter().filter(|it| !later.contains_key(it.0)) {
        let fate = if blind_after.contains(it.check.as_str()) { FindingFate::OutOfSight } else { FindingFate::Gone };
        all.push(change(it, fate, None));
    }
    all.sort_by(|a, b| (a.change, a.severity, &a.check, &a.object, &a.fingerprint).cmp(&(b.change, b.severity, &b.check, &b.object, &b.fingerprint)));
    all
}

fn by_fingerprint(report: &Report) -> BTreeMap<&str, &Finding> {
    report.counting().map(|it| (it.fingerprint.as_str(), it)).collect()
}

/// Checks that could not be assessed.
fn blind(report: &Report) -> BTreeSet<&str> {
    report.coverage.checks.unknown.iter().map(|it| it.check.as_str()).collect()
}

fn change(it: &Finding, change: FindingFate, was: Option<&&Finding>) -> FindingChange {
    FindingChange {
        change,
        check: it.check.clone(),
        severity: it.severity,
        severity_before: was.map(|it| it.severity),
        object: it.object.clone(),
        message: it.message.clone(),
        fingerprint: it.fingerprint.clone(),
    }
}
