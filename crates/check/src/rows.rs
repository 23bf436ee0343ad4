//! The verdict of every row.

use std::collections::BTreeMap;

use seatrial_facts::guide::{DecidedBy, Row};
use seatrial_model::Scope;
use seatrial_report::{Finding, OWN_TABLE, RowResult, UnknownCheck, Verdict};

use crate::card::{Check, Run};
use crate::outcome::{BUG, Outcome, Outcomes};

/// The verdict of every row: fails on a finding that counts; unknown where evidence is missing; passes only on what was looked at.
pub(crate) fn judge(scope: Scope, outcomes: &[Outcome], findings: &[Finding]) -> Vec<RowResult> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for it in findings.iter().filter(|it| it.ignored.is_none()) {
        *counts.entry(it.check.as_str()).or_default() += 1;
    }
    let own = outcomes.iter().filter(|it| is_own(it.check)).map(|it| own_row(it, counts.get(it.check.id).copied().unwrap_or(0)));
    Row::ALL.iter().map(|row| row_result(*row, scope, outcomes, &counts)).chain(own).collect()
}

/// Whether the check is a rule of the user's own that stands against no row of the guide.
fn is_own(check: &Check) -> bool {
    matches!(check.run, Run::Given) && check.rows.is_empty()
}

/// The row that findings of a check stand against.
pub(crate) fn first_of(check: &Check) -> String {
    match check.rows.first() {
        Some(row) => row.id().to_owned(),
        None if is_own(check) => format!("rules/{}", check.id),
        None => String::new(),
    }
}

/// A rule of the user's own is a row by itself.
fn own_row(it: &Outcome, failed: usize) -> RowResult {
    let (subjects, unknown) = (it.result.assessed(), it.result.unknown());
    let judged = format!("{subjects} subject{}", if subjects == 1 { "" } else { "s" });
    let (verdict, reason) = match (failed, unknown) {
        (0, Some(it)) => (Verdict::Unknown, it.reason.clone()),
        (0, None) if subjects > 0 => (Verdict::Pass, judged),
        (0, None) => (Verdict::Na, "nothing among the inputs that it applies to".to_owned()),
        (n, None) => (Verdict::Fail, format!("{n} finding{} on {judged}", if n == 1 { "" } else { "s" })),
        (n, Some(it)) => (Verdict::Fail, format!("{n} finding{} on {judged}; {}", if n == 1 { "" } else { "s" }, it.reason)),
    };
    RowResult {
        row: first_of(it.check),
        table: OWN_TABLE.to_owned(),
        title: it.check.title.to_owned(),
        verdict,
        checks: vec![it.check.id.to_owned()],
        reason,
        verify: it.check.verify.to_owned(),
    }
}

/// Why most of the checks could not be assessed; of equals the first.
fn main_reason(unknown: &[&UnknownCheck]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    unknown.iter().for_each(|it| *counts.entry(&it.reason).or_default() += 1);
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map_or_else(String::new, |it| it.0.to_owned())
}

fn row_result(row: Row, scope: Scope, outcomes: &[Outcome], counts: &BTreeMap<&str, usize>) -> RowResult {
    let mine: Vec<&Outcome> = outcomes.iter().filter(|it| it.check.rows.contains(&row)).collect();
    let count = |it: &Outcome| counts.get(it.check.id).copied().unwrap_or(0);
    let mut failed: Vec<(usize, &'static str)> = mine.iter().map(|it| (count(it), it.check.id)).filter(|it| it.0 > 0).collect();
    failed.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let unknown: Vec<&UnknownCheck> = mine.iter().filter_map(|it| it.result.unknown()).collect();
    let assessed: u64 = mine.iter().map(|it| it.result.assessed()).sum();
    let passed = mine.iter().filter(|it| matches!(it.result, Outcomes::Ran(subjects, _) if subjects > 0)).count();
    // On manifests a row that manifests can decide does not wait for what only a cluster has; a check that failed, or a rule of the user's
    // own, is always waited for.
    let own = mine.iter().any(|it| matches!(it.check.run, Run::Given) && it.result.unknown().is_some());
    let waits = own || unknown.iter().any(|it| row.decided_by() == DecidedBy::Live || scope == Scope::Cluster || it.reason == BUG);
    let (verdict, reason) = if !failed.is_empty() {
        let total: usize = failed.iter().map(|it| it.0).sum();
        let names: Vec<String> = failed.iter().take(3).map(|(n, id)| if *n > 1 { format!("{id} x{n}") } else { (*id).to_owned() }).collect();
        let more = if failed.len() > 3 { format!(" and {} more", failed.len() - 3) } else { String::new() };
        (Verdict::Fail, format!("{total} finding{}: {}{more}", if total == 1 { "" } else { "s" }, names.join(", ")))
    } else if waits {
        (Verdict::Unknown, main_reason(&unknown))
    } else if passed > 0 {
        (Verdict::Pass, format!("{passed} check{} on {assessed} subject{}", if passed == 1 { "" } else { "s" }, if assessed == 1 { "" } else { "s" }))
    } else if mine.is_empty() {
        (Verdict::Na, "left out by the profile".to_owned())
    } else {
        (Verdict::Na, "nothing among the inputs that it applies to".to_owned())
    };
    let mut checks: Vec<String> = failed.iter().map(|it| it.1.to_owned()).collect();
    checks.extend(mine.iter().map(|it| it.check.id.to_owned()).filter(|it| !failed.iter().any(|f| f.1 == it)));
    RowResult {
        row: row.id().to_owned(),
        table: row.table().title().to_owned(),
        title: row.title().to_owned(),
        verdict,
        checks,
        reason,
        verify: row.verify().to_owned(),
    }
}
