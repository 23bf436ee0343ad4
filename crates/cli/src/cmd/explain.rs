//! `seatrial explain`: the card of a check.

use std::io::Write;

use seatrial_check::{Check, InTest, Persona, Run};
use seatrial_manifest::schema::distance;
use seatrial_report::OWN_TABLE;
use serde_json::{Value, json};

use crate::args::ExplainArgs;
use crate::error::Error;
use crate::exit::Exit;

/// Runs it.
pub fn run(args: &ExplainArgs) -> Result<Exit, Error> {
    // A built-in card is shown whatever the configuration says.
    let built_in = args.id.as_deref().and_then(seatrial_check::find);
    let own = if built_in.is_some() { Vec::new() } else { crate::config::load(args.config.as_deref())?.rules };
    let own: Vec<&'static Check> = own.iter().map(|it| it.card).collect();
    let all: Vec<&'static Check> = seatrial_check::all().into_iter().chain(own.iter().copied()).collect();
    let mut out = std::io::stdout().lock();
    let written = match (&args.id, args.format.as_str()) {
        (None, "json") => writeln!(out, "{:#}", json!({ "schema": "seatrial.explain/1", "checks": all.into_iter().map(fields).collect::<Vec<_>>() })),
        (None, _) => list(&all, &mut out),
        (Some(id), format) => {
            let ids: Vec<&str> = own.iter().map(|it| it.id).collect();
            let check = *all.iter().find(|it| it.id == id).ok_or_else(|| Error::NoSuchCheck(id.clone(), did_you_mean(id, &ids)))?;
            if format == "json" { writeln!(out, "{:#}", fields(check)) } else { card(check, &mut out) }
        }
    };
    written.map_err(Error::Output).map(|()| Exit::Clean)
}

/// `; did you mean ...?` with the nearest id, the team's `own` among them.
pub fn did_you_mean(id: &str, own: &[&str]) -> String {
    let ids = seatrial_check::all().into_iter().map(|it| it.id).chain(own.iter().copied());
    let nearest = ids.map(|it| (distance(id, it), it)).min();
    match nearest {
        Some((distance, it)) if distance <= id.len().max(3) / 2 => format!("; did you mean `{it}`?"),
        _ => String::new(),
    }
}

fn list(all: &[&'static Check], out: &mut dyn Write) -> std::io::Result<()> {
    let width = all.iter().map(|it| it.id.len()).max().unwrap_or(0);
    let mut table = "";
    for it in all {
        let mine = if is_own(it) { OWN_TABLE } else { it.rows.first().map_or("", |row| row.table().title()) };
        if mine != table {
            writeln!(out, "{}{mine}", if table.is_empty() { "" } else { "\n" })?;
            table = mine;
        }
        writeln!(out, "  {:width$}  {:6}  {}", it.id, it.severity.word(), it.title)?;
    }
    writeln!(out, "\nseatrial explain ID shows the whole card.")
}

fn is_own(check: &Check) -> bool {
    matches!(check.run, Run::Given)
}

fn card(check: &Check, out: &mut dyn Write) -> std::io::Result<()> {
    let rows: Vec<String> = check.rows.iter().map(|it| format!("{}: {}", it.table().title(), it.title())).collect();
    writeln!(out, "{}  ({}, {:?} confidence)\n{}\n", check.id, check.severity.word(), check.confidence, check.title)?;
    match rows.is_empty() {
        true => writeln!(out, "Row\n  {OWN_TABLE}\n")?,
        false => writeln!(out, "Guide rows\n  {}\n", rows.join("\n  "))?,
    }
    writeln!(out, "Why\n  {}\n\nVerify by hand\n  {}\n\nFix\n  {}\n", check.why, check.verify, check.fix)?;
    if let Some((safety, _)) = check.repair {
        writeln!(out, "  `seatrial check --fix` can do it ({safety:?}).\n")?;
    }
    if !check.looks_at().is_empty() {
        writeln!(out, "Needs\n  {}\n", check.looks_at().iter().map(|it| it.name()).collect::<Vec<_>>().join(", "))?;
    }
    if !check.bad.is_empty() {
        writeln!(out, "Bad (the mark shows where the finding sits)\n{}", indented(check.bad))?;
    }
    if !check.good.is_empty() {
        writeln!(out, "Good\n{}", indented(check.good))?;
    }
    if check.sources.is_empty() { Ok(()) } else { writeln!(out, "Sources\n  {}", check.sources.join("\n  ")) }
}

fn indented(text: &str) -> String {
    text.trim_matches('\n').lines().map(|it| format!("    {it}\n")).collect()
}

fn fields(check: &Check) -> Value {
    json!({
        "id": check.id,
        "rows": check.rows.iter().map(|it| it.id()).collect::<Vec<_>>(),
        "severity": check.severity,
        "confidence": check.confidence,
        "persona": match check.persona { Persona::Regular => "regular", Persona::Pedantic => "pedantic" },
        "relaxedInTest": check.in_test == InTest::Relaxed,
        "needs": check.looks_at().iter().map(|it| it.name()).collect::<Vec<_>>(),
        "title": check.title,
        "why": check.why,
        "verify": check.verify,
        "fix": { "description": check.fix, "safety": check.repair.map(|it| it.0) },
        "sources": check.sources,
        "bad": check.bad,
        "good": check.good,
    })
}
