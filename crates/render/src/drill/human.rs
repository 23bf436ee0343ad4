//! The answer for a terminal: the sentence first, then the picture, who serves when, what blocks, and what it all rests on.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use seatrial_report::drill::{Answer, Blocked, Drill, Verdict, Workload, duration};

use super::{Options, chart, clock, groups, headline, terminal_picture};
use crate::paint::Paint;

/// Lines of one kind of drill in the overview.
const MOST_LINES: usize = 3;
const MOST_WORKLOADS: usize = 12;
const MOST_CHARTS: usize = 6;
const MOST_EVENTS: usize = 24;

pub fn write(answer: &Answer, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { styled: options.styled };
    let width = if options.width < 40 { 100 } else { options.width.min(140) };
    if let Some(it) = &answer.compared {
        writeln!(out, "{}\n", paint.bold(&it.summary))?;
        for change in &it.changes {
            let word = |it: Option<Verdict>| it.map_or("-", Verdict::word);
            let mark =
                if change.worse { paint.with(AnsiColor::Red.on_default().bold(), "worse ") } else { paint.with(AnsiColor::Green.on_default(), "better") };
            writeln!(out, "  {mark} {} {}: {} -> {}\n         {}", change.drill, change.target, word(change.before), word(change.after), change.summary)?;
        }
        writeln!(out)?;
        return basis(answer, &paint, out);
    }
    match answer.drills.as_slice() {
        [] => writeln!(out, "{}", headline(answer))?,
        [one] => drill(one, width, &paint, out)?,
        many => {
            overview(answer, options, width, &paint, out)?;
            let shown = if options.all { many.len() } else { usize::from(many[0].verdict < Verdict::Survives) };
            for it in many.iter().take(shown) {
                writeln!(out, "\n{}\n", paint.with(Style::new().dimmed(), &"-".repeat(width.min(100))))?;
                drill(it, width, &paint, out)?;
            }
            if shown == 1 {
                writeln!(out, "{}", paint.dim("Only the worst is shown in full: name one, or say --all-details for every one."))?;
            }
        }
    }
    basis(answer, &paint, out)
}

fn verdict(it: Verdict, paint: &Paint) -> String {
    let colour = match it {
        Verdict::Down | Verdict::Stuck => AnsiColor::Red,
        Verdict::Degraded | Verdict::Unknown => AnsiColor::Yellow,
        Verdict::Survives => AnsiColor::Green,
    };
    paint.with(colour.on_default().bold(), &format!("{:8}", it.word()))
}

fn overview(answer: &Answer, options: &Options, width: usize, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", paint.bold(&headline(answer)))?;
    for (id, drills) in groups(answer) {
        let survived = drills.iter().filter(|it| it.verdict == Verdict::Survives).count();
        writeln!(out, "{} {}", paint.bold(id), paint.dim(&format!("{survived} of {} survived", drills.len())))?;
        let shown = if options.all { usize::MAX } else { MOST_LINES };
        for it in drills.iter().take(shown) {
            let certainty = if it.verdicts.len() > 1 { format!(" ({})", it.certainty()) } else { String::new() };
            let text = format!("{}{certainty}", it.summary);
            for (at, line) in wrap(&text, width.saturating_sub(11)).into_iter().enumerate() {
                writeln!(out, "  {} {line}", if at == 0 { verdict(it.verdict, paint) } else { " ".repeat(8) })?;
            }
        }
        if drills.len() > shown {
            let rest = &drills[shown..];
            let open = rest.iter().filter(|it| it.verdict == Verdict::Unknown).count();
            let bad = rest.iter().filter(|it| it.verdict < Verdict::Survives).count() - open;
            let parts = [(bad, "not survived"), (open, "not known"), (rest.len() - bad - open, "survived")];
            let parts: Vec<String> = parts.iter().filter(|it| it.0 > 0).map(|(n, what)| format!("{n} {what}")).collect();
            writeln!(out, "  {}", paint.dim(&format!("and {} more: {}", rest.len(), parts.join(", "))))?;
        }
    }
    Ok(())
}

fn drill(it: &Drill, width: usize, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    for line in wrap(&it.summary, width) {
        writeln!(out, "{}", paint.bold(&line))?;
    }
    writeln!(out, "{} {}   {}\n", verdict(it.verdict, paint).trim_end(), it.certainty(), paint.dim(&format!("{} - {}", it.name(), it.title)))?;
    for line in terminal_picture::lines(it, width, paint) {
        writeln!(out, "{line}")?;
    }
    if !it.waiting.is_empty() {
        let shown: Vec<&str> = it.waiting.iter().take(6).map(String::as_str).collect();
        let more = if it.waiting.len() > 6 { format!(" and {} more", it.waiting.len() - 6) } else { String::new() };
        writeln!(out, "  Without a node: {}{more}", shown.join(", "))?;
    }
    writeln!(out)?;
    workloads(it, paint, out)?;
    charts(it, width, paint, out)?;
    timeline(it, width, paint, out)?;
    blocked(it, width, paint, out)?;
    if !it.not_modelled.is_empty() {
        writeln!(out, "{}", paint.bold("Not modelled"))?;
        for line in wrap(&it.not_modelled.join("; "), width.saturating_sub(2)) {
            writeln!(out, "  {line}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn workloads(it: &Drill, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    if it.workloads.is_empty() {
        return writeln!(out, "No workload is touched; {} go on as they were.\n", it.untouched);
    }
    let shown: Vec<&Workload> = it.workloads.iter().take(MOST_WORKLOADS).collect();
    let wide = shown.iter().map(|it| it.object.chars().count()).max().unwrap_or(0);
    writeln!(out, "{} {}", paint.bold("Workloads"), paint.dim("serving before > at worst > at the end"))?;
    for it in &shown {
        let numbers = format!("{} > {} > {}", it.before, it.min_ready, it.after);
        writeln!(out, "  {} {:wide$}  {numbers:12} {}", verdict(it.verdict, paint), it.object, paint.dim(&it.reason))?;
    }
    if it.workloads.len() > shown.len() {
        writeln!(out, "  and {} more that are touched", it.workloads.len() - shown.len())?;
    }
    match it.untouched {
        0 => writeln!(out),
        n => writeln!(out, "  {}\n", paint.dim(&format!("{n} more {} not touched", if n == 1 { "workload is" } else { "workloads are" }))),
    }
}

fn charts(it: &Drill, width: usize, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let shown = chart::interesting(it, MOST_CHARTS);
    if shown.is_empty() {
        return Ok(());
    }
    let names = shown.iter().map(|it| it.object.chars().count()).max().unwrap_or(0);
    let all = chart::moments(it, &shown);
    let room = (width.saturating_sub(names + 20) / 6).max(4);
    // Where there are more moments than room, the later ones are left out: turmoil comes first.
    let moments: Vec<f64> = if all.len() > room { all[..room - 1].iter().chain(all.last()).copied().collect() } else { all };
    writeln!(out, "{} {}", paint.bold("Serving pods over time"), paint.dim("each column lasts until the next; ! is below the budget's floor, x is nobody"))?;
    let head: String = moments.iter().map(|it| format!("{:>6}", clock(*it))).collect();
    writeln!(out, "  {:names$} before{head}", "")?;
    for it in shown {
        let cells: String = moments
            .iter()
            .map(|at| {
                let serving = chart::serving(it, *at);
                let below = it.floor.is_some_and(|floor| serving < floor);
                let text = format!(
                    "{:>6}",
                    if serving == 0 {
                        "0x".to_owned()
                    } else if below {
                        format!("{serving}!")
                    } else {
                        serving.to_string()
                    }
                );
                match (serving, below) {
                    (0, _) => paint.with(AnsiColor::Red.on_default().bold(), &text),
                    (_, true) => paint.with(AnsiColor::Yellow.on_default(), &text),
                    _ => text,
                }
            })
            .collect();
        let floor = it.floor.map_or(String::new(), |it| format!("  floor {it}"));
        writeln!(out, "  {:names$} {:>6}{cells}{}", it.object, it.before, paint.dim(&floor))?;
    }
    writeln!(out)
}

fn timeline(it: &Drill, width: usize, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    if it.timeline.is_empty() {
        return Ok(());
    }
    writeln!(out, "{} {}", paint.bold("Timeline"), paint.dim("minutes:seconds"))?;
    let mut whole = it.whole_after_seconds;
    let back = |after: f64| format!("  {:>7}  back to full strength after {}", clock(after), duration((after * 1000.0) as i64));
    for event in it.timeline.iter().take(MOST_EVENTS) {
        if let Some(after) = whole.take_if(|it| *it < event.t) {
            writeln!(out, "{}", back(after))?;
        }
        let text = if event.object.is_empty() { event.event.clone() } else { format!("{}: {}", event.object, event.event) };
        let cause = if event.cause.is_empty() { String::new() } else { format!(" - {}", event.cause) };
        let lines = wrap(&format!("{text}{cause}"), width.saturating_sub(11));
        for (at, line) in lines.iter().enumerate() {
            writeln!(out, "  {:>7}  {line}", if at == 0 { clock(event.t) } else { String::new() })?;
        }
    }
    if it.timeline.len() > MOST_EVENTS {
        writeln!(out, "           {}", paint.dim(&format!("and {} more events: see --format json", it.timeline.len() - MOST_EVENTS)))?;
    }
    if let Some(after) = whole {
        writeln!(out, "{}", back(after))?;
    }
    writeln!(out)
}

fn blocked(it: &Drill, width: usize, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    if it.blocked.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.bold("Blocked by"))?;
    for row in &it.blocked {
        block(row, width, paint, out)?;
    }
    for need in &it.needs {
        let kind = if need.instance_type.is_empty() { String::new() } else { format!(" ({})", need.instance_type) };
        writeln!(
            out,
            "  Would do: {} more of {}{kind} in {}",
            need.count,
            if need.node_group.is_empty() { "these nodes" } else { &need.node_group },
            need.zone
        )?;
    }
    writeln!(out)
}

fn block(row: &Blocked, width: usize, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    let many = if row.pods > 1 { format!(" and {} more", row.pods - 1) } else { String::new() };
    let value = if row.value.is_empty() { String::new() } else { format!(" = {}", row.value) };
    let by = paint.with(AnsiColor::Red.on_default().bold(), &format!("{:>10}", row.by));
    writeln!(out, "  {by}  {}: {}{value} {}", row.object, row.field, paint.dim(&format!("(holds {}{many})", row.pod)))?;
    for (label, text) in [("fix", &row.fix), ("do", &row.patch), ("kubernetes", &row.kubernetes_message)] {
        if text.is_empty() {
            continue;
        }
        // A command is copied, so it is not broken.
        let lines = if label == "do" { vec![text.clone()] } else { wrap(text, width.saturating_sub(16)) };
        for (at, line) in lines.iter().enumerate() {
            writeln!(out, "  {:>10}  {line}", if at == 0 { label } else { "" })?;
        }
    }
    Ok(())
}

fn basis(answer: &Answer, paint: &Paint, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", paint.bold("Assumptions"))?;
    for it in &answer.assumptions {
        for (at, line) in wrap(it, 108).into_iter().enumerate() {
            writeln!(out, "  {} {line}", if at == 0 { "-" } else { " " })?;
        }
    }
    Ok(())
}

/// Breaks text at blanks; words longer than the width stay whole.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { continue };
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
