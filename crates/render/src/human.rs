//! The report for a terminal: the guide's tables first, then findings with code frames, then what was looked at.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstyle::AnsiColor;
use seatrial_report::{Finding, Location, Report, Role, RowResult, Safety, Severity, Verdict};

use crate::paint::Paint;
use crate::{Options, is_checklist};

pub fn write(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { styled: options.styled };
    headline(report, &paint, out)?;
    tables(report, options, &paint, out)?;
    findings(report, options, &paint, out)?;
    coverage(report, options, &paint, out)
}

impl Paint {
    fn verdict(&self, it: Verdict) -> String {
        let colour = match it {
            Verdict::Pass => AnsiColor::Green,
            Verdict::Fail => AnsiColor::Red,
            Verdict::Unknown => AnsiColor::Yellow,
            Verdict::Na => AnsiColor::BrightBlack,
        };
        self.with(colour.on_default().bold(), &format!("{:7}", it.word()))
    }
}

fn headline(report: &Report, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<&RowResult> = report.rows.iter().filter(|it| is_checklist(it)).collect();
    let count = |verdict| rows.iter().filter(|it| it.verdict == verdict).count();
    let (fail, unknown, pass, na) = (count(Verdict::Fail), count(Verdict::Unknown), count(Verdict::Pass), count(Verdict::Na));
    let answer = match (fail, unknown, pass) {
        (0, 0, 0) => "Nothing to judge",
        (0, 0, _) => "Ready for production",
        (0, _, _) => "Not proven ready for production",
        _ => "Not ready for production",
    };
    writeln!(out, "{}: {pass} PASS, {fail} FAIL, {unknown} UNKNOWN, {na} N/A of {} rows", paint.bold(answer), rows.len())?;
    writeln!(out)
}

fn tables(report: &Report, options: &Options, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let width = report.rows.iter().map(|it| it.title.chars().count()).max().unwrap_or(0);
    let mut table = "";
    for row in &report.rows {
        // Beyond the checklist, only what fails is worth a line.
        if !is_checklist(row) && row.verdict != Verdict::Fail && !options.verbose {
            continue;
        }
        if row.table != table {
            if !table.is_empty() {
                writeln!(out)?;
            }
            writeln!(out, "{}", paint.bold(&row.table))?;
            table = &row.table;
        }
        let pad = " ".repeat(width - row.title.chars().count());
        writeln!(out, "  {} {}{pad}  {}", paint.verdict(row.verdict), row.title, paint.dim(&row.reason))?;
    }
    writeln!(out)
}

fn findings(report: &Report, options: &Options, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let counting: Vec<&Finding> = report.counting().collect();
    if counting.is_empty() {
        return Ok(());
    }
    let tally = |severity| counting.iter().filter(|it| it.severity == severity).count();
    let parts: Vec<String> = [Severity::Error, Severity::High, Severity::Medium, Severity::Low]
        .into_iter()
        .filter(|it| tally(*it) > 0)
        .map(|it| format!("{} {}", tally(it), it.word()))
        .collect();
    writeln!(out, "{} {}", paint.bold("Findings, worst first:"), parts.join(", "))?;
    writeln!(out)?;
    let renderer = if paint.styled { Renderer::styled() } else { Renderer::plain() };
    let shown = options.most_findings.unwrap_or(usize::MAX);
    for it in counting.iter().take(shown) {
        writeln!(out, "{}", renderer.render(&[frame(it)]))?;
        writeln!(out)?;
    }
    if counting.len() > shown {
        writeln!(out, "... and {} more: see them with --all, or by check with --only ID", counting.len() - shown)?;
        writeln!(out)?;
    }
    Ok(())
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR.with_name("error"),
        Severity::High => Level::ERROR.with_name("high"),
        Severity::Medium => Level::WARNING.with_name("medium"),
        Severity::Low => Level::INFO.with_name("low"),
    }
}

/// One finding with the places behind it, cargo-style.
fn frame(finding: &Finding) -> Group<'_> {
    let mut group = level(finding.severity).primary_title(&finding.message).id(&finding.check).elements(std::iter::empty::<Snippet<'_, Annotation<'_>>>());
    // Two places in one window share a frame; beyond four the reader has seen the point.
    for location in finding.locations.iter().take(4) {
        group = match snippet(location) {
            Some(it) => group.element(it),
            None if location.line > 0 => {
                let origin = Origin::path(&location.file).line(location.line as usize).char_column(location.column as usize);
                group.element(origin).element(Level::NOTE.message(format!(
                    "at {}{}",
                    location.path,
                    location.note.as_ref().map(|it| format!(": {it}")).unwrap_or_default()
                )))
            }
            None => group.element(Origin::path(&location.file)),
        };
    }
    if finding.locations.len() > 4 {
        group = group.element(Level::NOTE.message(format!("and {} more places", finding.locations.len() - 4)));
    }
    for it in finding.evidence.iter().take(6) {
        group = group.element(Level::NOTE.message(it));
    }
    if finding.evidence.len() > 6 {
        group = group.element(Level::NOTE.message(format!("and {} more", finding.evidence.len() - 6)));
    }
    // What stands in no text cannot be edited.
    let has_text = finding.locations.first().is_some_and(|it| it.line > 0);
    let how = match finding.fix.safety {
        _ if !has_text => "",
        Safety::Safe => " (--fix does it)",
        Safety::Unsafe => " (--fix --unsafe-fixes does it)",
        Safety::Manual => "",
    };
    group.element(Level::HELP.message(format!("{}{how}", finding.fix.description)))
}

fn snippet(location: &Location) -> Option<Snippet<'_, Annotation<'_>>> {
    let shown = location.snippet.as_ref().filter(|it| !it.text.is_empty())?;
    let span = span(location, &shown.text, shown.first_line)?;
    let kind = if location.role == Role::Primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let annotation = kind.span(span);
    let annotation = match &location.note {
        Some(note) => annotation.label(note),
        None => annotation,
    };
    Some(Snippet::source(&shown.text).path(&location.file).line_start(shown.first_line as usize).fold(false).annotation(annotation))
}

/// The bytes of the place in the lines that are shown: at most its first line.
fn span(location: &Location, text: &str, first_line: u32) -> Option<Range<usize>> {
    let nth = location.line.checked_sub(first_line)? as usize;
    let start: usize = text.split_inclusive('\n').take(nth).map(str::len).sum();
    let line = text[start..].lines().next()?;
    let byte = |column: u32| line.char_indices().nth(column.saturating_sub(1) as usize).map_or(line.len(), |it| it.0);
    let from = byte(location.column);
    let to = if location.end_line == location.line { byte(location.end_column) } else { line.len() };
    Some(start + from..start + to.max(from))
}

fn coverage(report: &Report, options: &Options, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let it = &report.coverage;
    let mut kinds: Vec<(&String, &u64)> = it.kinds.iter().collect();
    kinds.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let most = if options.verbose { usize::MAX } else { 6 };
    let mut named: Vec<String> = kinds.iter().take(most).map(|(kind, n)| format!("{n} {kind}")).collect();
    if kinds.len() > most {
        named.push(format!("{} more kinds", kinds.len() - most));
    }
    let list = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
    writeln!(out, "{} {}, {}, {}{list}", paint.bold("Coverage:"), plural(it.files, "file"), plural(it.documents, "document"), plural(it.objects, "object"))?;
    let unknown = it.checks.unknown.len();
    writeln!(out, "  {} run{}", plural(it.checks.run, "check"), if unknown > 0 { format!(", {unknown} could not be assessed:") } else { String::new() })?;
    reasons(report, options, out)?;
    let ignored = report.findings.iter().filter(|it| it.ignored.is_some()).count();
    if ignored > 0 {
        writeln!(out, "  {} suppressed (--no-ignores shows them)", plural(ignored as u64, "finding"))?;
    }
    for note in &it.notes {
        writeln!(out, "  {note}")?;
    }
    for it in &it.unread {
        writeln!(out, "  {} {}: {}", paint.with(AnsiColor::Red.on_default().bold(), "unread"), it.place(), it.reason)?;
    }
    Ok(())
}

/// Why checks could not be assessed: one line a reason, most frequent first.
fn reasons(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut by_remedy: std::collections::BTreeMap<(&str, &str), Vec<&str>> = std::collections::BTreeMap::new();
    for it in &report.coverage.checks.unknown {
        by_remedy.entry((&it.reason, &it.remedy)).or_default().push(&it.check);
    }
    let mut all: Vec<_> = by_remedy.into_iter().collect();
    all.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(&b.0)));
    let most = if options.verbose { usize::MAX } else { 4 };
    for ((reason, remedy), checks) in all.iter().take(most) {
        let named = if options.verbose { format!(": {}", checks.join(", ")) } else { String::new() };
        writeln!(out, "    {} {reason}; {remedy}{named}", checks.len())?;
    }
    if all.len() > most {
        let rest: usize = all.iter().skip(most).map(|it| it.1.len()).sum();
        writeln!(out, "    {rest} for {} other reasons (--verbose lists them)", all.len() - most)?;
    }
    Ok(())
}

fn plural(n: u64, word: &str) -> String {
    if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
}
