//! The difference as Markdown, for tickets and pull requests.

use std::io::{self, Write};

use seatrial_report::diff::{Diff, FieldChange};

use super::{numbers, summary, values};
use crate::Options;
use crate::markdown::escaped;

/// Characters of a value that are shown.
const LONGEST: usize = 200;

pub fn write(diff: &Diff, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {} -> {}\n", escaped(&diff.before.name), escaped(&diff.after.name))?;
    writeln!(out, "{} to {}\n\n**{}**", diff.before.taken_at, diff.after.taken_at, summary(diff))?;
    if !diff.rows.is_empty() {
        writeln!(out, "\n## Verdicts\n\n| Table | Row | Before | After | Why |\n| --- | --- | --- | --- | --- |")?;
    }
    for it in &diff.rows {
        writeln!(out, "| {} | {} | {} | {} | {} |", escaped(&it.table), escaped(&it.title), it.before.word(), it.after.word(), escaped(&it.reason))?;
    }
    if !diff.findings.is_empty() {
        writeln!(out, "\n## Findings\n\n| | Severity | Check | Finding |\n| --- | --- | --- | --- |")?;
    }
    for it in &diff.findings {
        let before = it.severity_before.map(|it| format!("{} -> ", it.word())).unwrap_or_default();
        writeln!(out, "| {} | {before}{} | `{}` | {} |", it.change.word(), it.severity.word(), it.check, escaped(&it.message))?;
    }
    if !diff.objects.is_empty() {
        writeln!(out, "\n## Objects\n")?;
    }
    for it in &diff.objects {
        writeln!(out, "- {} **{}**", it.change.word(), escaped(&it.object.to_string()))?;
        fields(&it.fields, out)?;
    }
    if !diff.groups.is_empty() {
        writeln!(out, "\n## Pods and nodes\n")?;
    }
    for it in &diff.groups {
        writeln!(out, "- {} of **{}**: {}", if it.kind == "Node" { "nodes" } else { "pods" }, escaped(&it.of), numbers(it))?;
        fields(&it.fields, out)?;
    }
    if !diff.account.is_empty() {
        writeln!(out, "\n## AWS account\n")?;
    }
    for it in &diff.account {
        writeln!(out, "- {} **{} {}**", it.change.word(), escaped(&it.fact), escaped(&it.name))?;
        fields(&it.fields, out)?;
    }
    rest(diff, out)
}

fn fields(all: &[FieldChange], out: &mut dyn Write) -> io::Result<()> {
    for it in all {
        let (before, after) = values(it, LONGEST);
        let said = |it: Option<String>| it.map_or_else(|| "absent".to_owned(), |it| escaped(&it));
        writeln!(out, "  - {}: {} -> {}", escaped(&it.path), said(before), said(after))?;
    }
    Ok(())
}

fn rest(diff: &Diff, out: &mut dyn Write) -> io::Result<()> {
    if !diff.evidence.is_empty() {
        writeln!(out, "\n## Read on one side only\n")?;
    }
    for it in &diff.evidence {
        let missing = [("before", &it.missing_before), ("after", &it.missing_after)];
        for (side, why) in missing.into_iter().filter_map(|(side, why)| Some((side, why.as_ref()?))) {
            writeln!(out, "- {}: not read {side}: {}", escaped(&it.what), escaped(why))?;
        }
    }
    for (side, name) in [(&diff.before, "before"), (&diff.after, "after")] {
        for it in &side.unread {
            writeln!(out, "- unread {name}: {}", escaped(it))?;
        }
    }
    if !diff.folded.is_empty() {
        let folded: Vec<String> = diff.folded.iter().map(|(what, n)| format!("{n} {}", escaped(what))).collect();
        writeln!(out, "\nLeft out, because it changes by itself: {}", folded.join(", "))?;
    }
    Ok(())
}
