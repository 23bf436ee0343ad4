//! What was read on one side only.

use seatrial_model::{Need, Snapshot};
use seatrial_report::diff::EvidenceChange;

/// Lists and facts that are a gap on one side and known on the other.
pub fn changes(before: &Snapshot, after: &Snapshot) -> Vec<EvidenceChange> {
    let why = |snapshot: &Snapshot, need| snapshot.has(need).err().map(|it| it.why.clone());
    let mut all: Vec<EvidenceChange> = Need::ALL
        .iter()
        .map(|need| EvidenceChange { what: need.name().to_owned(), missing_before: why(before, *need), missing_after: why(after, *need) })
        .filter(|it| it.missing_before.is_some() != it.missing_after.is_some())
        .collect();
    all.sort();
    all
}
