//! Rows and findings, side by side.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_model::Snapshot;
use seatrial_report::diff::{FindingChange, FindingFate, RowChange};
use seatrial_report::{Finding, Report};

use crate::{Side, noise};

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
pub fn findings(before: Side<'_>, after: Side<'_>) -> Vec<FindingChange> {
    let (earlier, later) = (by_fingerprint(before.report), by_fingerprint(after.report));
    let (blind_before, blind_after) = (Blind::of(before), Blind::of(after));
    let mut all = Vec::new();
    for (fingerprint, it) in &later {
        match earlier.get(fingerprint) {
            None if blind_before.to(it) => all.push(change(it, FindingFate::FirstSeen, None)),
            None => all.push(change(it, FindingFate::New, None)),
            Some(was) if it.severity < was.severity => all.push(change(it, FindingFate::Worse, Some(was))),
            Some(was) if it.severity > was.severity => all.push(change(it, FindingFate::Milder, Some(was))),
            Some(_) => {}
        }
    }
    for (_, it) in earlier.iter().filter(|it| !later.contains_key(it.0)) {
        let fate = if blind_after.to(it) { FindingFate::OutOfSight } else { FindingFate::Gone };
        all.push(change(it, fate, None));
    }
    all.sort_by(|a, b| (a.change, a.severity, &a.check, &a.object, &a.fingerprint).cmp(&(b.change, b.severity, &b.check, &b.object, &b.fingerprint)));
    all
}

fn by_fingerprint(report: &Report) -> BTreeMap<&str, &Finding> {
    report.counting().map(|it| (it.fingerprint.as_str(), it)).collect()
}

/// What a side could not see.
struct Blind<'a> {
    /// Checks that could not be assessed.
    checks: BTreeSet<&'a str>,
    snapshot: &'a Snapshot,
}

impl<'a> Blind<'a> {
    fn of(side: Side<'a>) -> Self {
        Self { checks: side.report.coverage.checks.unknown.iter().map(|it| it.check.as_str()).collect(), snapshot: side.snapshot }
    }

    /// Whether the finding would not have been seen: its check was not assessed, or its object's namespace not read.
    fn to(&self, it: &Finding) -> bool {
        self.checks.contains(it.check.as_str()) || !noise::covers(self.snapshot, it.object.namespace.as_deref())
    }
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
