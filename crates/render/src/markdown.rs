//! Markdown for pull requests and tickets.

use std::io::{self, Write};

use seatrial_report::{Finding, Report, Verdict};

use crate::Options;

pub fn write(report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let count = |verdict| report.rows_with(verdict);
    writeln!(out, "# Production readiness\n")?;
    writeln!(
        out,
        "**{} pass, {} fail, {} unknown, {} not applicable**\n",
        count(Verdict::Pass),
        count(Verdict::Fail),
        count(Verdict::Unknown),
        count(Verdict::Na)
    )?;
    writeln!(out, "| Table | Row | Verdict | Why |\n| --- | --- | --- | --- |")?;
    for it in &report.rows {
        writeln!(out, "| {} | {} | {} | {} |", escaped(&it.table), escaped(&it.title), it.verdict.word(), escaped(&it.reason))?;
    }
    let findings: Vec<&Finding> = report.counting().collect();
    writeln!(out, "\n## Findings ({})\n", findings.len())?;
    if !findings.is_empty() {
        writeln!(out, "| Severity | Check | Finding | Place | Fix |\n| --- | --- | --- | --- | --- |")?;
    }
    for it in findings {
        let place = it.locations.first().map(place).unwrap_or_default();
        writeln!(out, "| {} | `{}` | {} | {} | {} |", it.severity.word(), it.check, escaped(&it.message), place, escaped(&it.fix.description))?;
    }
    let coverage = &report.coverage;
    writeln!(out, "\n## Coverage\n")?;
    writeln!(
        out,
        "{} files, {} documents, {} objects; {} checks run, {} not assessed.",
        coverage.files,
        coverage.documents,
        coverage.objects,
        coverage.checks.run,
        coverage.checks.unknown.len()
    )?;
    for it in &coverage.unread {
        writeln!(out, "- unread: `{}` {}", it.place(), escaped(&it.reason))?;
    }
    for it in &coverage.checks.unknown {
        writeln!(out, "- not assessed: `{}` ({})", it.check, escaped(&it.reason))?;
    }
    Ok(())
}

fn place(it: &seatrial_report::Location) -> String {
    if it.line > 0 { format!("`{}:{}`", it.file, it.line) } else { format!("`{}`", it.file) }
}

/// Text in a table cell: nothing in it may act as Markdown or HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
