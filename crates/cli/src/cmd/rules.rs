//! `seatrial rules test`: each rule on its own examples.

use std::io::Write;

use seatrial_check::{Outcomes, Places, Settings};
use seatrial_manifest::read::{FileRef, Options, read_yaml};
use seatrial_model::{Scope, Snapshot, SourceFile};

use crate::args::RulesCommand;
use crate::error::Error;
use crate::exit::Exit;
use crate::rules::{OwnRule, outcomes};
use crate::texts::{Text, Texts};

/// Runs it.
pub fn run(command: &RulesCommand) -> Result<Exit, Error> {
    let RulesCommand::Test { config } = command;
    let loaded = crate::config::load(config.as_deref())?;
    let settings = loaded.settings()?;
    if loaded.rules.is_empty() {
        return Err(Error::NoRules);
    }
    let mut out = std::io::stdout().lock();
    let mut failed = 0;
    for own in &loaded.rules {
        let faults = faults(own, &settings);
        failed += usize::from(!faults.is_empty());
        let untested = own.card.bad.is_empty() && own.card.good.is_empty();
        let word = if !faults.is_empty() {
            "failed"
        } else if untested {
            "no examples"
        } else {
            "ok"
        };
        writeln!(out, "{}: {word}", own.card.id).map_err(Error::Output)?;
        for it in faults {
            writeln!(out, "  {it}").map_err(Error::Output)?;
        }
    }
    writeln!(out, "{} rules, {failed} failed", loaded.rules.len()).map_err(Error::Output)?;
    Ok(if failed > 0 { Exit::Findings } else { Exit::Clean })
}

/// What is wrong with a rule, by its own examples.
fn faults(own: &OwnRule, settings: &Settings) -> Vec<String> {
    let mut faults = Vec::new();
    let (bad, good) = (own.card.bad, own.card.good);
    if !bad.is_empty() {
        match lines(own, bad, settings) {
            Err(reason) => faults.push(format!("bad: {reason}")),
            Ok((_, found)) if found.is_empty() => faults.push("bad: the rule finds nothing".to_owned()),
            Ok((_, found)) => {
                let marks = marks(bad, own.card.id);
                if !marks.is_empty() && marks != found {
                    faults.push(format!("bad: marks on lines {marks:?}, findings on {found:?}"));
                }
            }
        }
    }
    if !good.is_empty() {
        match lines(own, good, settings) {
            Err(reason) => faults.push(format!("good: {reason}")),
            Ok((0, _)) => faults.push("good: the rule matches no object".to_owned()),
            Ok((_, found)) if !found.is_empty() => faults.push(format!("good: findings on lines {found:?}")),
            Ok(_) => {}
        }
    }
    faults
}

/// How many objects were judged, and on which lines findings sit.
fn lines(own: &OwnRule, text: &str, settings: &Settings) -> Result<(u64, Vec<u32>), String> {
    let name = "example".to_owned();
    let mut texts = Texts::default();
    let id = texts.add(SourceFile { path: name.clone(), rendered_from: None }, Text::Kept(text.to_owned()));
    let mut snapshot = Snapshot::empty(Scope::Manifests, jiff::Timestamp::now());
    snapshot.files = texts.source_files();
    read_yaml(FileRef { id, path: &name }, text, &Options::new(settings.target)).into_snapshot(&mut snapshot);
    if let Some(it) = snapshot.unread.first() {
        return Err(format!("line {}: {}", it.line, it.reason));
    }
    let outcome = outcomes(&[own], &snapshot, &texts, settings).pop().map(|it| it.result);
    match outcome {
        Some(Outcomes::Ran(assessed, drafts)) => {
            let wanted: Vec<_> = drafts.iter().filter_map(|it| Some((it.origin?, &it.path))).collect();
            let mut lines: Vec<u32> = texts.locate(&wanted).iter().map(|it| it.line).collect();
            lines.sort_unstable();
            Ok((assessed, lines))
        }
        Some(Outcomes::Partly(_, _, it) | Outcomes::Unknown(it)) => Err(it.reason),
        None => Err("the rule did not run".to_owned()),
    }
}

fn marks(text: &str, id: &str) -> Vec<u32> {
    let marked = |line: &str| line.split("#~ ").skip(1).flat_map(|it| it.split(',')).any(|it| it.trim() == id);
    text.lines().zip(1..).filter(|(line, _)| marked(line)).map(|it| it.1).collect()
}
