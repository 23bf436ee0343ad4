//! `seatrial diff`: what changed between two snapshots.

use clap::ArgMatches;
use seatrial_check::{Settings, all, evaluate};
use seatrial_diff::{Side, diff};
use seatrial_model::Snapshot;
use seatrial_render::Options;
use seatrial_render::diff::{FORMATS, Format, format};
use seatrial_report::Report;

use super::outputs;
use crate::args::DiffArgs;
use crate::config;
use crate::error::Error;
use crate::exit::Exit;
use crate::source::{Source, collect};

/// Changes of one kind shown on a terminal before the rest is counted.
const MOST_CHANGES: usize = 40;

/// Runs it.
pub fn run(args: &DiffArgs, matches: Option<&ArgMatches>) -> Result<Exit, Error> {
    let outputs = outputs::pair(&args.output, matches)?;
    let formats: Vec<&Format> = outputs.iter().map(|it| find_format(&it.format)).collect::<Result<_, _>>()?;
    if args.before == "-" && args.after == "-" {
        return Err(Error::Usage("standard input can be read once: name a file for one of the two".to_owned()));
    }
    let config = config::load(args.config.as_deref())?;
    let (before, after) = (taken(&args.before, args, &config)?, taken(&args.after, args, &config)?);
    let is_whole = [&before, &after].iter().all(|it| it.0.unread.is_empty() && it.0.cluster.handles().next().is_some());
    let found = diff(Side { name: &args.before, snapshot: &before.0, report: &before.1 }, Side { name: &args.after, snapshot: &after.0, report: &after.1 });
    for (target, format) in outputs.iter().zip(formats) {
        let most_findings = (!args.all && target.file.is_none()).then_some(MOST_CHANGES);
        let options = Options { styled: outputs::styled(args.output.color, target.file.as_ref()), most_findings, verbose: args.all };
        outputs::write(target.file.as_ref(), |out| (format.write)(&found, &options, out))?;
    }
    Ok(match (is_whole, found.is_empty()) {
        (false, _) => Exit::Incomplete,
        (true, true) => Exit::Clean,
        (true, false) => Exit::Findings,
    })
}

fn find_format(name: &str) -> Result<&'static Format, Error> {
    format(name).ok_or_else(|| outputs::unknown_format(name, &FORMATS.iter().map(|it| it.name).collect::<Vec<_>>()))
}

/// One of the two, and what the checks say of it.
fn taken(path: &str, args: &DiffArgs, config: &config::Loaded) -> Result<(Snapshot, Report), Error> {
    let mut settings: Settings = config.settings()?;
    settings.profile = args.profile.map_or(settings.profile, Into::into);
    settings.target = args.render.target_version.unwrap_or(settings.target);
    let source = Source { paths: vec![path.to_owned()], render: args.render.clone(), ..Source::default() };
    let collected = collect(&source, settings.target)?;
    config.settle_target(&mut settings, args.render.target_version, &collected.snapshot);
    let report = evaluate(&collected.snapshot, &settings, &config.policy(), &all(), &collected.texts);
    Ok((collected.snapshot, report))
}
