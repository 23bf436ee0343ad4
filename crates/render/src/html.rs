//! One self-contained HTML page: readable on a phone, without JavaScript, in light and dark.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use seatrial_report::{Finding, Location, Report, RowResult, Safety, Severity, Verdict};

use crate::Options;

const STYLE: &str = include_str!("html/report.css");
/// Pages with more findings than this become too heavy for a phone; the rest is in the other formats.
const MOST_FINDINGS: usize = 1000;

pub fn write(report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page(report).into_string().as_bytes())
}

fn page(report: &Report) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (answer(report)) " - Seatrial" }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#findings" { "Skip to the findings" }
                header {
                    p.brand { "Seatrial" }
                    h1 { (answer(report)) }
                    (tally(report))
                }
                main {
                    (tables(report))
                    (findings(report))
                    (coverage(report))
                }
                footer { p { "Made by seatrial " (env!("CARGO_PKG_VERSION")) ". Unknown is never a pass." } }
            }
        }
    }
}

fn checklist(report: &Report) -> impl Iterator<Item = &RowResult> {
    report.rows.iter().filter(|it| crate::is_checklist(it))
}

fn count(report: &Report, verdict: Verdict) -> usize {
    checklist(report).filter(|it| it.verdict == verdict).count()
}

fn answer(report: &Report) -> &'static str {
    match (count(report, Verdict::Fail), count(report, Verdict::Unknown), count(report, Verdict::Pass)) {
        (0, 0, 0) => "Nothing to judge",
        (0, 0, _) => "Ready for production",
        (0, _, _) => "Not proven ready for production",
        _ => "Not ready for production",
    }
}

fn tally(report: &Report) -> Markup {
    let total = checklist(report).count().max(1);
    html! {
        ul.tally {
            @for verdict in [Verdict::Pass, Verdict::Fail, Verdict::Unknown, Verdict::Na] {
                @let n = count(report, verdict);
                li { span class={ "verdict " (class(verdict)) } { (verdict.word()) } " " strong { (n) } span.of { " of " (total) " rows" } }
            }
        }
    }
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown => "unknown",
        Verdict::Na => "na",
    }
}

fn tables(report: &Report) -> Markup {
    let mut groups: Vec<(&str, Vec<&RowResult>)> = Vec::new();
    for row in &report.rows {
        match groups.last_mut() {
            Some((table, rows)) if *table == row.table => rows.push(row),
            _ => groups.push((&row.table, vec![row])),
        }
    }
    html! {
        section aria-labelledby="rows" {
            h2 id="rows" { "The checklist" }
            div.tables {
                @for (table, rows) in groups.iter().filter(|(_, rows)| rows.iter().any(|it| crate::is_checklist(it) || it.verdict == Verdict::Fail)) {
                    table {
                        caption { (table) }
                        thead { tr { th scope="col" { "Verdict" } th scope="col" { "Item" } } }
                        tbody { @for it in rows { (row(it)) } }
                    }
                }
            }
        }
    }
}

fn row(it: &RowResult) -> Markup {
    html! {
        tr {
            td { span class={ "verdict " (class(it.verdict)) } { (it.verdict.word()) } }
            td {
                strong { (it.title) }
                p.why { (it.reason) }
                details {
                    summary { "Verify by hand" span.sr { ": " (it.title) } }
                    pre tabindex="0" { code { (it.verify) } }
                    @if !it.checks.is_empty() { p { "Checks: " (it.checks.join(", ")) } }
                }
            }
        }
    }
}

fn findings(report: &Report) -> Markup {
    let counting: Vec<&Finding> = report.counting().collect();
    html! {
        section aria-labelledby="findings" {
            h2 id="findings" { "Findings (" (counting.len()) ")" }
            @if counting.is_empty() { p { "Nothing stands against the rows that could be assessed." } }
            ol.findings { @for it in counting.iter().take(MOST_FINDINGS) { (finding(it)) } }
            @if counting.len() > MOST_FINDINGS {
                p { "... and " (counting.len() - MOST_FINDINGS) " more: see the JSON or CSV report." }
            }
        }
    }
}

fn severity_class(it: Severity) -> &'static str {
    match it {
        Severity::Error | Severity::High => "fail",
        Severity::Medium => "unknown",
        Severity::Low => "na",
    }
}

fn finding(it: &Finding) -> Markup {
    html! {
        li {
            h3 {
                span class={ "verdict " (severity_class(it.severity)) } { (it.severity.word()) }
                " " (it.message)
            }
            p.id { code { (it.check) } " · " (it.row) }
            @for place in it.locations.iter().take(4) { (frame(place)) }
            @if it.locations.len() > 4 { p { "and " (it.locations.len() - 4) " more places" } }
            @if !it.evidence.is_empty() {
                ul.evidence { @for fact in it.evidence.iter().take(12) { li { (fact) } } }
            }
            p.fix {
                strong { "Fix: " } (it.fix.description)
                @match it.fix.safety {
                    Safety::Safe => { " " code { "--fix" } " does it." }
                    Safety::Unsafe => { " " code { "--fix --unsafe-fixes" } " does it." }
                    Safety::Manual => {}
                }
            }
        }
    }
}

fn frame(it: &Location) -> Markup {
    html! {
        figure {
            figcaption {
                @if it.line > 0 { (it.file) ":" (it.line) ":" (it.column) } @else { (it.file) }
                @if let Some(note) = &it.note { " - " (note) }
                @if it.approximate { " (approximate: rendered text)" }
            }
            @if let Some(snippet) = &it.snippet {
                pre tabindex="0" {
                    @for (at, line) in snippet.text.lines().enumerate() {
                        @let number = snippet.first_line as usize + at;
                        @let here = number == it.line as usize;
                        span class={ "line" @if here { " here" } } { span.number { (number) } (line) "\n" }
                    }
                }
            }
        }
    }
}

fn coverage(report: &Report) -> Markup {
    let it = &report.coverage;
    let kinds: Vec<String> = it.kinds.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
    let ignored: Vec<&Finding> = report.findings.iter().filter(|it| it.ignored.is_some()).collect();
    html! {
        section aria-labelledby="coverage" {
            h2 id="coverage" { "Coverage" }
            p { (it.files) " files, " (it.documents) " documents, " (it.objects) " objects" @if !kinds.is_empty() { ": " (kinds.join(", ")) } }
            p { (it.checks.run) " checks run, " (it.checks.unknown.len()) " could not be assessed." }
            @if !it.unread.is_empty() {
                h3 { "Unread" }
                ul { @for place in &it.unread { li { code { (place.place()) } " " (place.reason) } } }
            }
            @if !it.notes.is_empty() { ul { @for note in &it.notes { li { (note) } } } }
            @if !it.checks.unknown.is_empty() {
                details {
                    summary { "Checks that could not be assessed" }
                    ul { @for check in &it.checks.unknown { li { code { (check.check) } ": " (check.reason) "; " (check.remedy) } } }
                }
            }
            @if !ignored.is_empty() {
                details {
                    summary { (ignored.len()) " suppressed findings" }
                    ul {
                        @for finding in ignored {
                            li { code { (finding.check) } " " (finding.message) @if let Some(why) = &finding.ignored { ": " em { (why.reason) } " (" (why.source) ")" } }
                        }
                    }
                }
            }
        }
    }
}
