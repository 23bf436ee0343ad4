//! One self-contained HTML page: the answer first, every drill to be opened, pictures as SVG with their figures in tables beside them.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use seatrial_report::drill::{Answer, Blocked, Change, Drill, Fate, Verdict, Workload};

use super::{Options, chart, clock, groups, headline, svg};

const STYLE: &str = include_str!("../html/report.css");
const MORE_STYLE: &str = include_str!("drill.css");
/// Drills that get their pictures; beyond this the page becomes too heavy.
const MOST_DRILLS: usize = 60;
const MOST_EVENTS: usize = 120;

pub fn write(answer: &Answer, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page(answer).into_string().as_bytes())
}

fn page(answer: &Answer) -> Markup {
    let title = headline(answer);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - Seatrial" }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) (PreEscaped(MORE_STYLE)) }
            }
            body {
                a.skip href="#drills" { "Skip to the drills" }
                header {
                    p.brand { "Seatrial drill" }
                    h1 { (title) }
                    @if answer.drills.len() > 1 { p { strong { "Worst: " } (answer.drills[0].summary) "." } }
                    (tally(answer))
                }
                main {
                    @if let Some(it) = &answer.compared { (compared(&it.before, &it.after, &it.changes)) }
                    @if answer.drills.len() > 1 { (overview(answer)) }
                    section aria-labelledby="drills" {
                        h2 id="drills" { "Drills, worst first" }
                        @for (at, it) in answer.drills.iter().take(MOST_DRILLS).enumerate() { (drill(it, at)) }
                        @if answer.drills.len() > MOST_DRILLS { p { "... and " (answer.drills.len() - MOST_DRILLS) " more: see the JSON form." } }
                    }
                    section aria-labelledby="assumptions" {
                        h2 id="assumptions" { "Assumptions" }
                        ul { @for it in &answer.assumptions { li { (it) } } }
                    }
                }
                footer { p { "Made by seatrial " (env!("CARGO_PKG_VERSION")) ". Unknown is never a pass." } }
            }
        }
    }
}

fn tally(answer: &Answer) -> Markup {
    html! {
        ul.tally {
            @for verdict in [Verdict::Survives, Verdict::Degraded, Verdict::Stuck, Verdict::Down, Verdict::Unknown] {
                @let n = answer.drills.iter().filter(|it| it.verdict == verdict).count();
                @if n > 0 { li { (badge(verdict)) " " strong { (n) } span.of { " of " (answer.drills.len()) " drills" } } }
            }
        }
    }
}

fn badge(it: Verdict) -> Markup {
    html! { span class={ "verdict " (it.word().to_lowercase()) } { (it.word()) } }
}

fn compared(before: &str, after: &str, changes: &[Change]) -> Markup {
    let word = |it: Option<Verdict>| it.map_or("-", Verdict::word);
    html! {
        section aria-labelledby="compared" {
            h2 id="compared" { "What changes" }
            p { "Before: " (before) "; after: " (after) "." }
            @if !changes.is_empty() {
                div.wide { table.free {
                    thead { tr { th scope="col" { "" } th scope="col" { "Drill" } th scope="col" { "Before" } th scope="col" { "After" } th scope="col" { "What" } } }
                    tbody { @for it in changes { tr { td { @if it.worse { strong { "worse" } } @else { "better" } } td { (it.drill) " " (it.target) } td { (word(it.before)) } td { (word(it.after)) } td { (it.summary) } } } }
                } }
            }
        }
    }
}

fn overview(answer: &Answer) -> Markup {
    html! {
        section aria-labelledby="overview" {
            h2 id="overview" { "At a glance" }
            div.wide { table {
                thead { tr { th scope="col" { "Worst" } th scope="col" { "Drill and its worst answer" } } }
                tbody {
                    @for (id, drills) in groups(answer) {
                        @let survived = drills.iter().filter(|it| it.verdict == Verdict::Survives).count();
                        tr { td { (badge(drills[0].verdict)) } td { strong { (id) } span.of { " - " (survived) " of " (drills.len()) " survived" } p.why { (drills[0].summary) } } }
                    }
                }
            } }
        }
    }
}

fn drill(it: &Drill, at: usize) -> Markup {
    html! {
        details.drill open[at == 0] {
            summary { (badge(it.verdict)) " " strong { (it.name()) } " - " (it.summary) }
            p.why { (it.title) ". " (it.certainty()) @if it.seeds > 1 { " (" (it.seeds) " seeds)" } ". Row of the guide: " (it.row) "." }
            h3 { "The cluster afterwards" }
            (legend(it))
            @if !it.zones.is_empty() { div.wide { (svg::zones(it)) } }
            @if !it.waiting.is_empty() { p { "Without a node: " (it.waiting.iter().take(20).cloned().collect::<Vec<_>>().join(", ")) @if it.waiting.len() > 20 { " and " (it.waiting.len() - 20) " more" } } }
            (workloads(it))
            (charts(it))
            (blocked(it))
            (timeline(it))
            @if !it.not_modelled.is_empty() { h3 { "Not modelled" } ul { @for line in &it.not_modelled { li { (line) } } } }
        }
    }
}

fn legend(it: &Drill) -> Markup {
    html! {
        ul.legend {
            @for fate in [Fate::Kept, Fate::Moved, Fate::Pending, Fate::Lost] {
                li { svg viewBox="-1 -1 13 13" aria-hidden="true" { (svg::sign(fate, 0, 0, "")) } (it.pods.count(fate)) " " (fate.word()) }
            }
            li { "pods of DaemonSets are not drawn" }
        }
    }
}

fn workloads(it: &Drill) -> Markup {
    html! {
        h3 { "Workloads" }
        @if it.workloads.is_empty() { p { "None is touched." } }
        @else {
            div.wide { table.free {
                thead { tr { th scope="col" { "Verdict" } th scope="col" { "Workload" } th scope="col" { "Before" } th scope="col" { "At worst" } th scope="col" { "At the end" } th scope="col" { "Why" } } }
                tbody { @for row in &it.workloads { tr { td { (badge(row.verdict)) } td { (row.object) } td.num { (row.before) } td.num { (row.min_ready) } td.num { (row.after) } td { (row.reason) } } } }
            } }
        }
        @if it.untouched > 0 { p.why { (it.untouched) @if it.untouched == 1 { " more workload is not touched." } @else { " more workloads are not touched." } } }
    }
}

fn charts(it: &Drill) -> Markup {
    let shown: Vec<&Workload> = chart::interesting(it, 12);
    html! {
        @if !shown.is_empty() {
            h3 { "Serving pods over time" }
            p.why { "Every change has the same room on the axis, be it after seconds or minutes; the dashed line is what the disruption budget wants." }
            div.charts { @for row in shown { (svg::steps(it, row)) } }
        }
    }
}

fn blocked(it: &Drill) -> Markup {
    html! {
        @if !it.blocked.is_empty() {
            h3 { "Blocked by" }
            ol.findings { @for row in &it.blocked { (block(row)) } }
        }
        @if !it.needs.is_empty() {
            p { "Would do: " @for (at, need) in it.needs.iter().enumerate() { @if at > 0 { ", " } (need.count) " more of " (need.node_group) " (" (need.instance_type) ") in " (need.zone) } }
        }
    }
}

fn block(it: &Blocked) -> Markup {
    html! {
        li {
            h3 { span.verdict.fail { (it.by) } " " (it.object) ": " code { (it.field) @if !it.value.is_empty() { " = " (it.value) } } }
            p.id { "holds " (it.pod) @if it.pods > 1 { " and " (it.pods - 1) " more" } }
            p.fix { strong { "Smallest fix: " } (it.fix) }
            @if !it.patch.is_empty() { pre tabindex="0" { code { (it.patch) } } }
            @if !it.kubernetes_message.is_empty() { p.why { "Kubernetes says: " q { (it.kubernetes_message) } } }
        }
    }
}

fn timeline(it: &Drill) -> Markup {
    html! {
        @if !it.timeline.is_empty() {
            h3 { "Timeline" }
            div.wide { table.free {
                thead { tr { th scope="col" { "Time" } th scope="col" { "What" } th scope="col" { "Object" } th scope="col" { "Cause" } } }
                tbody { @for event in it.timeline.iter().take(MOST_EVENTS) { tr { td.num { (clock(event.t)) } td { (event.event) } td { (event.object) } td { (event.cause) } } } }
            } }
            @if it.timeline.len() > MOST_EVENTS { p { "... and " (it.timeline.len() - MOST_EVENTS) " more events: see the JSON form." } }
        }
    }
}
