//! What a check came to.

use std::collections::BTreeMap;

use seatrial_model::{ObjectRef, Origin};
use seatrial_report::{Confidence, Severity, UnknownCheck};

use crate::card::Check;
use crate::findings::{Draft, Related};

/// What one check came to.
pub struct Outcome {
    /// The check.
    pub check: &'static Check,
    /// What it came to.
    pub result: Outcomes,
}

/// The ends of a check.
pub enum Outcomes {
    /// It ran: how many subjects it looked at, and what it found.
    Ran(u64, Vec<Draft>),
    /// It ran on some subjects, and could not be assessed on others.
    Partly(u64, Vec<Draft>, UnknownCheck),
    /// It could not be assessed: why, and what would help.
    Unknown(UnknownCheck),
}

/// Why a check that panicked is UNKNOWN.
pub(crate) const BUG: &str = "the check itself failed: this is a bug";

impl Outcomes {
    /// What it found.
    pub(crate) fn drafts(&self) -> &[Draft] {
        match self {
            Self::Ran(_, drafts) | Self::Partly(_, drafts, _) => drafts,
            Self::Unknown(_) => &[],
        }
    }

    /// How many subjects it looked at.
    pub(crate) fn assessed(&self) -> u64 {
        match self {
            Self::Ran(subjects, _) | Self::Partly(subjects, ..) => *subjects,
            Self::Unknown(_) => 0,
        }
    }

    /// What it could not assess.
    pub(crate) fn unknown(&self) -> Option<&UnknownCheck> {
        match self {
            Self::Ran(..) => None,
            Self::Partly(_, _, it) | Self::Unknown(it) => Some(it),
        }
    }

    /// One finding an object.
    pub(crate) fn merged(self, check: &Check) -> Self {
        let usual = (check.severity, check.confidence);
        match self {
            Self::Ran(subjects, drafts) => Self::Ran(subjects, merged(drafts, usual)),
            Self::Partly(subjects, drafts, unknown) => Self::Partly(subjects, merged(drafts, usual), unknown),
            Self::Unknown(it) => Self::Unknown(it),
        }
    }
}

/// One finding an object: the further ones of the same check become evidence and places of the first, which is as severe as the worst of them
/// and as sure as the surest.
fn merged(drafts: Vec<Draft>, usual: (Severity, Confidence)) -> Vec<Draft> {
    let mut first: BTreeMap<(ObjectRef, Option<Origin>), usize> = BTreeMap::new();
    let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
    for draft in drafts {
        match first.get(&(draft.object.clone(), draft.origin)) {
            Some(&at) => {
                let head = &mut kept[at];
                head.severity = Some(head.severity.unwrap_or(usual.0).min(draft.severity.unwrap_or(usual.0)));
                head.confidence = Some(head.confidence.unwrap_or(usual.1).min(draft.confidence.unwrap_or(usual.1)));
                head.evidence.push(format!("also: {}", draft.message));
                head.related.push(Related { object: draft.object, origin: draft.origin, path: draft.path, note: "and here".to_owned() });
                head.related.extend(draft.related);
                head.evidence.extend(draft.evidence);
            }
            None => {
                first.insert((draft.object.clone(), draft.origin), kept.len());
                kept.push(draft);
            }
        }
    }
    kept
}
