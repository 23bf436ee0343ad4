//! Markdown for pull requests and tickets.

use std::io::{self, Write};

use seatrial_report::drill::{Answer, Drill, Verdict};

use super::{Options, clock, headline};
use crate::markdown::escaped;

pub fn write(answer: &Answer, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Drill\n\n**{}**\n", escaped(&headline(answer)))?;
    if let Some(it) = &answer.compared {
        writeln!(
            out,
            "Before: {}; after: {}\n\n| | Drill | Before | After | What |\n| --- | --- | --- | --- | --- |",
            escaped(&it.before),
            escaped(&it.after)
        )?;
        let word = |it: Option<Verdict>| it.map_or("-", Verdict::word);
        for it in &it.changes {
            let mark = if it.worse { "worse" } else { "better" };
            writeln!(out, "| {mark} | {} {} | {} | {} | {} |", it.drill, escaped(&it.target), word(it.before), word(it.after), escaped(&it.summary))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "| Verdict | Drill | Answer |\n| --- | --- | --- |")?;
    for it in &answer.drills {
        writeln!(out, "| {} | {} | {} |", it.verdict.word(), escaped(&it.name()), escaped(&it.summary))?;
    }
    let shown = if options.all { answer.drills.len() } else { 5 };
    for it in answer.drills.iter().filter(|it| it.verdict < Verdict::Survives).take(shown) {
        drill(it, out)?;
    }
    writeln!(out, "\n## Assumptions\n")?;
    answer.assumptions.iter().try_for_each(|it| writeln!(out, "- {}", escaped(it)))
}

fn drill(it: &Drill, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## {} {}\n\n{} ({})\n", it.verdict.word(), escaped(&it.name()), escaped(&it.summary), it.certainty())?;
    if !it.workloads.is_empty() {
        writeln!(out, "| Verdict | Workload | Before | At worst | At the end | Why |\n| --- | --- | --- | --- | --- | --- |")?;
        for row in &it.workloads {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |",
                row.verdict.word(),
                escaped(&row.object),
                row.before,
                row.min_ready,
                row.after,
                escaped(&row.reason)
            )?;
        }
    }
    if !it.blocked.is_empty() {
        writeln!(out, "\n| Blocked pod | By | Field | Value | Smallest fix | Kubernetes says |\n| --- | --- | --- | --- | --- | --- |")?;
        for row in &it.blocked {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |",
                escaped(&row.pod),
                escaped(&row.object),
                escaped(&row.field),
                escaped(&row.value),
                escaped(&row.fix),
                escaped(&row.kubernetes_message)
            )?;
        }
        for row in it.blocked.iter().filter(|it| !it.patch.is_empty()) {
            writeln!(out, "\n```\n{}\n```", row.patch.replace('`', "'"))?;
        }
    }
    if !it.timeline.is_empty() {
        writeln!(out, "\n<details><summary>Timeline</summary>\n\n| Time | Object | Event | Cause |\n| --- | --- | --- | --- |")?;
        for event in it.timeline.iter().take(60) {
            writeln!(out, "| {} | {} | {} | {} |", clock(event.t), escaped(&event.object), escaped(&event.event), escaped(&event.cause))?;
        }
        writeln!(out, "\n</details>")?;
    }
    Ok(())
}
