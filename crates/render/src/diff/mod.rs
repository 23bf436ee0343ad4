//! One file per output format of a [`Diff`].

mod human;
mod json;
mod markdown;

use std::io::{self, Write};

use seatrial_report::diff::{Diff, FieldChange, FindingFate, GroupChange};

use crate::Options;

/// Every format.
pub const FORMATS: &[Format] =
    &[Format { name: "human", write: human::write }, Format { name: "json", write: json::write }, Format { name: "markdown", write: markdown::write }];

/// An output format.
pub struct Format {
    /// What users call it.
    pub name: &'static str,
    /// Writes a difference.
    pub write: fn(&Diff, &Options, &mut dyn Write) -> io::Result<()>,
}

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|it| it.name == name)
}

/// What changed, counted, in one line.
fn summary(diff: &Diff) -> String {
    if diff.is_empty() {
        return "No difference".to_owned();
    }
    let worse = diff.rows.iter().filter(|it| it.is_worse()).count();
    let fate = |it: FindingFate| diff.findings.iter().filter(|finding| finding.change == it).count();
    let parts = [
        (worse, "row worse", "rows worse"),
        (diff.rows.len() - worse, "row better", "rows better"),
        (fate(FindingFate::New), "finding new", "findings new"),
        (fate(FindingFate::Worse), "finding worse", "findings worse"),
        (fate(FindingFate::FirstSeen), "finding seen for the first time", "findings seen for the first time"),
        (fate(FindingFate::OutOfSight), "finding not assessed any more", "findings not assessed any more"),
        (fate(FindingFate::Milder), "finding milder", "findings milder"),
        (fate(FindingFate::Gone), "finding gone", "findings gone"),
        (diff.objects.len(), "object changed", "objects changed"),
        (diff.groups.len(), "group of pods or nodes changed", "groups of pods or nodes changed"),
        (diff.account.len(), "AWS fact changed", "AWS facts changed"),
        (diff.evidence.len(), "list read on one side only", "lists read on one side only"),
    ];
    let said: Vec<String> = parts.iter().filter(|it| it.0 > 0).map(|(n, one, more)| format!("{n} {}", if *n == 1 { one } else { more })).collect();
    said.join(", ")
}

/// `3 -> 5 (1 -> 0 not ready), 12 restarts`.
fn numbers(it: &GroupChange) -> String {
    let mut out = if it.before == it.after { it.after.to_string() } else { format!("{} -> {}", it.before, it.after) };
    if it.unready_before != it.unready_after {
        out.push_str(&format!(" ({} -> {} not ready)", it.unready_before, it.unready_after));
    } else if it.unready_after > 0 {
        out.push_str(&format!(" ({} not ready)", it.unready_after));
    }
    if it.restarts > 0 {
        out.push_str(&format!(", {} restart{}", it.restarts, if it.restarts == 1 { "" } else { "s" }));
    }
    out
}

/// A field's two values in one line, each cut to `most` characters.
fn values(it: &FieldChange, most: usize) -> (Option<String>, Option<String>) {
    let cut = |it: &Option<String>| {
        it.as_ref().map(|it| {
            let line = it.replace(['\n', '\r'], "\u{23ce}");
            if line.chars().count() > most { line.chars().take(most).chain(['\u{2026}']).collect() } else { line }
        })
    };
    (cut(&it.before), cut(&it.after))
}
