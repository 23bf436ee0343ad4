//! Replacing ranges of a text.

use super::style::Habits;

/// A range and what stands there afterwards, with LF for every break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) text: String,
}

impl Splice {
    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { from: at, to: at, text: text.into() }
    }

    pub(super) fn delete(from: usize, to: usize) -> Self {
        Self { from, to, text: String::new() }
    }

    pub(super) fn replace(from: usize, to: usize, text: impl Into<String>) -> Self {
        Self { from, to, text: text.into() }
    }
}

/// The text after all `splices`; `None` where two of them overlap.
pub(super) fn spliced(text: &str, mut splices: Vec<Splice>, habits: &Habits) -> Option<String> {
    splices.sort_by_key(|it| (it.from, it.to));
    let mut out = String::with_capacity(text.len() + 256);
    let mut at = 0;
    for it in &splices {
        out.push_str(text.get(at..it.from)?);
        out.push_str(&it.text.replace('\n', habits.line_break));
        at = it.to;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
