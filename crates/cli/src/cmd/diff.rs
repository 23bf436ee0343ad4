//! `seatrial diff`: what changed between two snapshots.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};

use seatrial_check::{Settings, all, evaluate};
use seatrial_diff::{Side, diff};
use seatrial_model::Snapshot;
use seatrial_render::Options;
use seatrial_report::Report;

use crate::args::DiffArgs;
use crate::config;
use crate::error::Error;
use crate::exit::Exit;
use crate::source::{Source, collect};

/// Changes of one kind shown on a terminal before the rest is counted.
const MOST_CHANGES: usize = 40;

/// Runs it.
pub fn run(args: &DiffArgs) -> Result<Exit, Error> {
    let format = seatrial_render::diff::format(&args.format).ok_or_else(|| {
        let names: Vec<&str> = seatrial_render::diff::FORMATS.iter().map(|it| it.name).collect();
        Error::Usage(format!("`{}` is not a format: choose of {}", args.format, names.join(", ")))
    })?;
    if args.before == "-" && args.after == "-" {
        return Err(Error::Usage("standard input can be read once: name a file for one of the two".to_owned()));
    }
    let config = config::load(args.config.as_deref())?;
    let (before, after) = (taken(&args.before, args, &config)?, taken(&args.after, args, &config)?);
    let is_whole = [&before, &after].iter().all(|it| it.0.unread.is_empty() && it.0.cluster.handles().next().is_some());
    let found = diff(Side { name: &args.before, snapshot: &before.0, report: &before.1 }, Side { name: &args.after, snapshot: &after.0, report: &after.1 });
    let terminal = args.output.is_none() && io::stdout().is_terminal();
    let options =
        Options { styled: args.color.is_wanted(terminal), most_findings: (!args.all && args.output.is_none()).then_some(MOST_CHANGES), verbose: args.all };
    match &args.output {
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            (format.write)(&found, &options, &mut out).and_then(|()| out.flush()).map_err(Error::Output)?;
        }
        Some(path) => {
            let fail = |source| Error::Write { path: path.clone(), source };
            let mut out = BufWriter::new(File::create(path).map_err(fail)?);
            (format.write)(&found, &options, &mut out).and_then(|()| out.flush()).map_err(fail)?;
        }
    }
    Ok(match (is_whole, found.is_empty()) {
        (false, _) => Exit::Incomplete,
        (true, true) => Exit::Clean,
        (true, false) => Exit::Findings,
    })
}

/// One of the two, and what the checks say of it.
fn taken(path: &str, args: &DiffArgs, config: &config::Loaded) -> Result<(Snapshot, Report), Error> {
    let mut settings: Settings = config.settings()?;
    settings.profile = args.profile.map_or(settings.profile, Into::into);
    settings.target = args.target_version.unwrap_or(settings.target);
    let source = Source { paths: vec![path.to_owned()], values: args.values.clone(), sets: args.sets.clone(), ..Source::default() };
    let collected = collect(&source, settings.target)?;
    // A cluster is judged for the version it runs, unless another one is asked for.
    if let (None, None, Some(it)) = (args.target_version, &config.config.target_version, collected.snapshot.meta.server_version) {
        settings.target = it;
    }
    let report = evaluate(&collected.snapshot, &settings, &config.policy(), &all(), &collected.texts);
    Ok((collected.snapshot, report))
}
