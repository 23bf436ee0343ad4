//! `seatrial check`: every row of the guide, judged.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::ArgMatches;
use seatrial_check::{Check, KnownFindings, Policy, Proposal, Settings, evaluate_and_repair, evaluate_with};
use seatrial_model::{Need, Scope, Snapshot};
use seatrial_render::{Format, Options};
use seatrial_report::{Report, Safety, Severity};

use super::{outputs, selected};
use crate::args::CheckArgs;
use crate::baseline::{self, Revision};
use crate::config;
use crate::error::Error;
use crate::exit::Exit;
use crate::fix;
use crate::rules::{self, OwnRule};
use crate::source::{Source, collect};

/// Findings shown in full on a terminal before the rest is counted.
const MOST_FINDINGS: usize = 40;

/// Runs it.
pub fn run(args: &CheckArgs, matches: Option<&ArgMatches>) -> Result<Exit, Error> {
    let outputs = outputs(args, matches)?;
    let config = config::load(args.choice.config.as_deref())?;
    let mut settings = settings(args, &config)?;
    let (checks, own) = selected(&args.choice, &config.rules)?;
    let mut needs = seatrial_check::needs(&checks, settings.profile);
    let (lists, texts_of) = rules::asked(&own);
    needs.extend(lists);
    // What is not in the one that was named may be a slip.
    needs.extend(args.source.namespace.is_some().then_some(Need::Namespaces));
    let mut source = Source::of(&args.paths, &args.source, needs.clone())?;
    source.cluster.iter_mut().for_each(|it| it.texts_of.clone_from(&texts_of));
    if let (true, Some(flag)) = (source.cluster.is_some(), only_for_files(args)) {
        return Err(Error::Usage(format!("{flag} is about files, and a running cluster is only ever read: name the files")));
    }
    let mut policy = config.policy();
    policy.disabled = args.no_ignores;
    policy.known.extend(args.baseline.as_deref().map(baseline::read).transpose()?);
    if let Some(revision) = &args.since {
        policy.known.push(at_revision(revision, &source, &settings, &checks, &own)?);
    }
    let mut collected = collect(&source, settings.target)?;
    if args.fix || args.diff {
        let (_, proposals) = evaluate_and_repair(&collected.snapshot, &settings, &policy, &checks, &collected.texts);
        let allowed = |it: &Proposal| it.safety == Safety::Safe || args.unsafe_fixes || !args.fix;
        let fixed = fix::plan(&collected.texts, proposals.into_iter().filter(allowed).collect());
        if args.diff {
            fixed.print_patch().map_err(Error::Output)?;
            return Ok(if fixed.is_empty() { Exit::Clean } else { Exit::Findings });
        }
        fixed.write()?;
        // What is reported is what is on disk now.
        collected = collect(&source, settings.target)?;
    }
    args.source.namespace.iter().try_for_each(|it| is_there(it, &collected.snapshot))?;
    config.settle_target(&mut settings, args.source.render.target_version, &collected.snapshot);
    // A recording of a cluster holds more than a check of it would have read, and gives the same report.
    collected.snapshot.narrow(&needs);
    let given = rules::outcomes(&own, &collected.snapshot, &collected.texts, &settings);
    let mut report = evaluate_with(&collected.snapshot, &settings, &policy, &checks, &collected.texts, given);
    collected.texts.explain(&mut report);
    report.coverage.notes.extend(collected.notes);
    if let Some(path) = &args.write_baseline {
        baseline::write(path, &report)?;
        anstream::eprintln!("{} findings written to {}", report.counting().count(), path.display());
        return Ok(Exit::Clean);
    }
    for it in &outputs {
        it.write(&report, args)?;
    }
    let threshold = args.fail_on.map(Severity::from).or(config.config.fail_on).unwrap_or(Severity::Medium);
    let exit = exit(&report, threshold, args.strict);
    // The process ends: taking everything apart first would be a twentieth of its time.
    std::mem::forget((collected.snapshot, collected.texts, report));
    Ok(exit)
}

/// A namespace that nothing is in is a slip: everything in it would be fine.
fn is_there(namespace: &str, snapshot: &Snapshot) -> Result<(), Error> {
    let of_objects = snapshot.cluster.handles().filter(|it| it.meta.namespace.is_some()).map(|it| it.meta.ns());
    let all: BTreeSet<&str> = of_objects.chain(snapshot.cluster.namespaces.iter().map(|it| it.meta.name.as_str())).collect();
    let is_told = snapshot.meta.scope == Scope::Manifests || snapshot.has(Need::Namespaces).is_ok();
    // Objects of manifests without a namespace go to the one that they are applied to.
    if all.is_empty() || all.contains(namespace) || !is_told || namespace == "default" {
        return Ok(());
    }
    Err(Error::Refused {
        message: format!("no object is in namespace `{namespace}`"),
        help: format!("there are: {}", all.into_iter().collect::<Vec<_>>().join(", ")),
    })
}

/// The first flag that only makes sense for files, if one was given.
fn only_for_files(args: &CheckArgs) -> Option<&'static str> {
    let given = [("--fix", args.fix), ("--diff", args.diff), ("--since", args.since.is_some())];
    given.into_iter().find(|it| it.1).map(|it| it.0)
}

/// The configuration's settings, the command line winning.
fn settings(args: &CheckArgs, config: &config::Loaded) -> Result<Settings, Error> {
    let mut settings = config.settings()?;
    if let Some(it) = args.choice.profile {
        settings.profile = it.into();
    }
    if let Some(it) = args.source.render.target_version {
        settings.target = it;
    }
    settings.namespaces.extend(args.source.namespace.clone());
    Ok(settings)
}

/// What the checks find in the same paths at a git revision.
fn at_revision(name: &str, source: &Source, settings: &Settings, checks: &[&'static Check], own: &[&OwnRule]) -> Result<KnownFindings, Error> {
    let revision = Revision::check_out(name, &source.paths)?;
    let then = revision.source(source);
    if then.paths.is_empty() {
        return Ok(KnownFindings::default());
    }
    let before = collect(&then, settings.target)?;
    let given = rules::outcomes(own, &before.snapshot, &before.texts, settings);
    let policy = Policy { disabled: true, ..Policy::default() };
    let report = evaluate_with(&before.snapshot, settings, &policy, checks, &before.texts, given);
    Ok(revision.known(&report))
}

fn exit(report: &Report, threshold: Severity, strict: bool) -> Exit {
    let coverage = &report.coverage;
    if report.counting().any(|it| it.severity <= threshold) {
        Exit::Findings
    } else if coverage.objects == 0 || !coverage.unread.is_empty() || (strict && !coverage.checks.unknown.is_empty()) {
        Exit::Incomplete
    } else {
        Exit::Clean
    }
}

/// A format and where it goes.
struct Output {
    format: &'static Format,
    file: Option<PathBuf>,
}

/// Pairs each `--output` with the `--format` before it.
fn outputs(args: &CheckArgs, matches: Option<&ArgMatches>) -> Result<Vec<Output>, Error> {
    let known: Vec<&str> = seatrial_render::FORMATS.iter().map(|it| it.name).collect();
    let output = |it: outputs::Target| {
        let format = seatrial_render::format(&it.format).ok_or_else(|| outputs::unknown_format(&it.format, &known))?;
        Ok(Output { format, file: it.file })
    };
    outputs::pair(&args.output, matches)?.into_iter().map(output).collect()
}

impl Output {
    fn write(&self, report: &Report, args: &CheckArgs) -> Result<(), Error> {
        let styled = outputs::styled(args.output.color, self.file.as_ref());
        let options = Options { styled, most_findings: (!args.all && self.file.is_none()).then_some(MOST_FINDINGS), verbose: args.verbose };
        outputs::write(self.file.as_ref(), |out| (self.format.write)(report, &options, out))
    }
}
