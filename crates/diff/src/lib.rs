//! What changed between two snapshots: verdicts, findings, objects by field, AWS facts, and what was not looked at on one side.
//!
//! What comes and goes by itself (pods, nodes, events, heartbeats) is folded, so that the difference of two days is readable.

mod account;
mod document;
mod evidence;
mod fields;
mod groups;
mod noise;
mod objects;
mod verdicts;

use seatrial_model::Snapshot;
use seatrial_report::Report;
use seatrial_report::diff::{self, Diff};

/// A snapshot and the report on it.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// What the user calls it.
    pub name: &'a str,
    /// The snapshot.
    pub snapshot: &'a Snapshot,
    /// What the checks say of it.
    pub report: &'a Report,
}

/// What changed from `before` to `after`.
pub fn diff(before: Side<'_>, after: Side<'_>) -> Diff {
    let mut folded = noise::Folded::default();
    let objects = objects::changes(before.snapshot, after.snapshot, &mut folded);
    let groups = groups::changes(before.snapshot, after.snapshot, &mut folded);
    let account = account::changes(&before.snapshot.account, &after.snapshot.account, &mut folded);
    Diff {
        schema: diff::SCHEMA.to_owned(),
        before: side(before),
        after: side(after),
        rows: verdicts::rows(before.report, after.report),
        findings: verdicts::findings(before, after),
        objects,
        groups,
        account,
        evidence: evidence::changes(before.snapshot, after.snapshot),
        folded: folded.counts(),
    }
}

fn side(it: Side<'_>) -> diff::Side {
    diff::Side {
        name: it.name.to_owned(),
        taken_at: format!("{:.0}", it.snapshot.meta.taken_at),
        objects: it.snapshot.cluster.objects() as u64,
        unread: it.snapshot.unread.iter().map(|it| format!("{}: {}", it.place(), it.reason)).collect(),
    }
}
