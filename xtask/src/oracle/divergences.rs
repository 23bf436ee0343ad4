//! Where we judge otherwise on purpose, and why.

use super::case::Case;

/// A reason to judge otherwise, and the cases it holds for.
pub struct Divergence {
    /// The tool.
    pub tool: &'static str,
    /// Its check.
    pub check: &'static str,
    /// Whether the tool finds something in these cases.
    pub theirs: Theirs,
    /// Part of the case's name.
    pub case: &'static str,
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
    /// It counts otherwise.
    Counts,
}

/// Every divergence, by tool and check.
pub const DIVERGENCES: &[Divergence] = &[];

/// The reason for judging this case otherwise.
pub fn reason(case: &Case) -> Option<&'static Divergence> {
    let theirs = match case.verdict.as_str() {
        "fail" | "warn" => Theirs::Finds,
        "pass" | "fixed" => Theirs::Passes,
        _ => Theirs::Counts,
    };
    let name = case.name();
    DIVERGENCES.iter().find(|it| it.tool == case.tool && it.check == case.check && it.theirs == theirs && name.contains(it.case))
}
