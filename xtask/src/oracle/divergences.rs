//! Where we judge otherwise on purpose, and why.

use seatrial_model::Snapshot;

use super::case::Case;
use super::reasons::DIVERGENCES;

/// A reason to judge otherwise, and the cases it holds for.
pub struct Divergence {
    /// Tools and their checks.
    pub checks: &'static [(&'static str, &'static str)],
    /// What the tool says in these cases.
    pub theirs: Theirs,
    /// In which of the checks' cases, in words.
    pub condition: &'static str,
    /// The same for the machine. No condition may be wide enough to cover a case that we judge wrong for another reason.
    pub when: fn(&Files<'_>) -> bool,
    /// Why.
    pub reason: &'static str,
}

/// What the other tool says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theirs {
    /// It finds something and we do not.
    Finds,
    /// We find something and it does not.
    Passes,
    /// It counts other objects of the files.
    Counts,
}

impl Theirs {
    /// As it stands in the documentation.
    pub fn words(self) -> &'static str {
        match self {
            Self::Finds => "only the peer finds it",
            Self::Passes => "only Seatrial finds it",
            Self::Counts => "they find other objects",
        }
    }
}

/// A case's files.
pub struct Files<'a> {
    /// Their text, one after another.
    pub text: &'a str,
    /// What they hold.
    pub snapshot: &'a Snapshot,
}

/// The reason for judging this case otherwise.
pub fn find(case: &Case, files: &Files<'_>) -> Option<&'static Divergence> {
    let theirs = match case.verdict.as_str() {
        "fail" | "warn" => Theirs::Finds,
        "pass" | "fixed" => Theirs::Passes,
        _ => Theirs::Counts,
    };
    let is_of = |it: &&Divergence| it.theirs == theirs && it.checks.contains(&(case.tool.as_str(), case.check.as_str()));
    DIVERGENCES.iter().filter(is_of).find(|it| (it.when)(files))
}
