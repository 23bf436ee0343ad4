//! `seatrial drill`: rehearses failures, drains, rollouts and growth on a simulation of the cluster.

use std::path::Path;

use clap::ArgMatches;
use seatrial_drill::{Latencies, Loss, NodeSet, Refusal, Request, World};
use seatrial_model::{IntOrString, Snapshot, Version};
use seatrial_render::drill::{FORMATS, Format, Options, format};
use seatrial_report::drill::{Answer, Verdict};

use super::outputs;
use crate::args::{DrillArgs, SourceArgs, VerdictArg};
use crate::baseline::Revision;
use crate::error::Error;
use crate::exit::Exit;
use crate::source::{Collected, Source, collect};

/// Versions are taken for this one while reading, where nothing else is said.
const READ_AS: Version = Version::minor(36);

/// Runs it.
pub fn run(args: &DrillArgs, matches: Option<&ArgMatches>) -> Result<Exit, Error> {
    let args = &untangled(args.clone());
    let outputs = outputs::pair(&args.output, matches)?;
    let formats: Vec<&Format> = outputs.iter().map(|it| find_format(&it.format)).collect::<Result<_, _>>()?;
    let plan = Plan::of(args)?;
    let (answer, snapshot) = match (args.diff.as_slice(), &args.against) {
        ([before, after], None) => {
            let (old, _) = plan.answer(&source(args, std::slice::from_ref(before))?)?;
            let (mut new, snapshot) = plan.answer(&source(args, std::slice::from_ref(after))?)?;
            new.compared = Some(seatrial_drill::compare(&old, &new, (before, after)));
            (new, snapshot)
        }
        (_, Some(revision)) => against(args, &plan, revision)?,
        _ => plan.answer(&source(args, &[])?)?,
    };
    let width = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok()).unwrap_or(110);
    for (target, format) in outputs.iter().zip(formats) {
        let options = Options { styled: outputs::styled(args.output.color, target.file.as_ref()), width, all: args.all_details, places: places(&snapshot) };
        outputs::write(target.file.as_ref(), |out| (format.write)(&answer, &options, out))?;
    }
    let exit = exit(&answer, args.fail_on.into());
    // What could not be read was not rehearsed.
    Ok(if matches!(exit, Exit::Clean) && !snapshot.unread.is_empty() { Exit::Incomplete } else { exit })
}

/// `--from` takes every word behind it: in `--from prod.trial az --each`, `az` is a drill all the same, unless there is such a file.
fn untangled(mut args: DrillArgs) -> DrillArgs {
    let is_drill = |it: &String| seatrial_drill::find(it).is_some() && !Path::new(it).exists();
    let at = args.source.from.iter().skip(1).position(is_drill).map(|it| it + 1);
    if let (None, Some(at)) = (&args.drill, at) {
        let mut words = args.source.from.split_off(at).into_iter();
        args.drill = words.next();
        args.targets = words.chain(args.targets).collect();
    }
    args
}

/// What to rehearse, as the command line says it.
struct Plan {
    drill: Option<&'static seatrial_drill::Card>,
    request: Request,
    nodes: Option<NodeSet>,
    target: Option<Version>,
}

impl Plan {
    fn of(args: &DrillArgs) -> Result<Self, Error> {
        let drill = match &args.drill {
            None => None,
            Some(id) => Some(seatrial_drill::find(id).ok_or_else(|| {
                let names: Vec<&str> = seatrial_drill::all().iter().map(|it| it.id).collect();
                Error::Refused {
                    message: format!("no drill is called `{id}`"),
                    help: format!("choose of {}; without a name all that are worth running are run", names.join(", ")),
                }
            })?),
        };
        let mut latencies = Latencies::default();
        args.latency
            .iter()
            .try_for_each(|it| seatrial_drill::set_latency(&mut latencies, it))
            .map_err(|message| Error::Usage(format!("--latency: {message}")))?;
        let mut request = Request {
            each: args.each,
            worst_pair: args.worst_pair,
            loss: loss(&args.source).unwrap_or(Loss::Terminated),
            force: args.force,
            max_unavailable: args.max_unavailable.as_deref().map(amount).transpose()?,
            seeds: u64::from(args.seeds),
            latencies,
            ..Request::default()
        };
        for it in &args.targets {
            match it.strip_prefix('x').map(str::parse) {
                Some(Ok(times)) if drill.is_some_and(|it| it.id == "scale") => request.times = Some(times),
                _ => request.targets.push(it.clone()),
            }
        }
        let nodes = args.nodes.as_deref().map(NodeSet::parse).transpose().map_err(refused)?;
        Ok(Self { drill, request, nodes, target: args.source.render.target_version })
    }

    fn answer(&self, source: &Source) -> Result<(Answer, Snapshot), Error> {
        let collected = collect(source, self.target.unwrap_or(READ_AS))?;
        self.rehearse(collected)
    }

    fn rehearse(&self, collected: Collected) -> Result<(Answer, Snapshot), Error> {
        let snapshot = collected.snapshot;
        let mut world = World::of(&snapshot, self.nodes.as_ref(), self.target, &self.request.latencies).map_err(refused)?;
        let mut answer = match self.drill {
            Some(card) => seatrial_drill::rehearse(&mut world, card, &self.request).map_err(refused)?,
            None => seatrial_drill::overview(&mut world, &self.request),
        };
        answer.assumptions.extend(snapshot.unread.iter().map(|it| format!("{} could not be read: {}", it.place(), it.reason)));
        Ok((answer, snapshot))
    }
}

/// `2` or `33%`.
fn amount(text: &str) -> Result<IntOrString, Error> {
    let amount = text.parse::<i64>().map_or_else(|_| IntOrString::Str(text.into()), IntOrString::Int);
    match amount.scaled(100, false) {
        Some(1..=100) => Ok(amount),
        _ => Err(Error::Usage(format!("--max-unavailable {text}: say a number of nodes from 1 to 100, or a percentage such as 33%"))),
    }
}

/// What `--as` says of how machines are lost; any other value of it is a user.
fn loss(flags: &SourceArgs) -> Option<Loss> {
    match flags.as_user.as_deref() {
        Some("terminated") => Some(Loss::Terminated),
        Some("partition") => Some(Loss::Partition),
        _ => None,
    }
}

/// What `paths` name, or else what the flags do.
fn source(args: &DrillArgs, paths: &[String]) -> Result<Source, Error> {
    let mut flags = if paths.is_empty() { args.source.clone() } else { SourceArgs { from: Vec::new(), demo: false, ..args.source.clone() } };
    if loss(&flags).is_some() {
        flags.as_user = None;
    }
    Source::of(paths, &flags, seatrial_drill::NEEDS.iter().copied().collect())
}

/// The same paths at a git revision, and as they are.
fn against(args: &DrillArgs, plan: &Plan, name: &str) -> Result<(Answer, Snapshot), Error> {
    let now = source(args, &[])?;
    let revision = Revision::check_out(name, &now.paths)?;
    let then = revision.source(&now);
    if then.paths.is_empty() {
        return Err(Error::Refused {
            message: format!("none of the paths is there at {name}"),
            help: "compare with a revision that has them, or use --diff BEFORE AFTER".to_owned(),
        });
    }
    let (old, _) = plan.answer(&then)?;
    let (mut new, snapshot) = plan.answer(&now)?;
    new.compared = Some(seatrial_drill::compare(&old, &new, (name, "as it is")));
    Ok((new, snapshot))
}

fn refused(it: Refusal) -> Error {
    let (message, help) = (it.message().to_owned(), it.help().to_owned());
    match it {
        Refusal::Usage { .. } => Error::Refused { message, help },
        Refusal::Unanswerable { .. } => Error::Unanswerable { message, help },
    }
}

fn find_format(name: &str) -> Result<&'static Format, Error> {
    format(name).ok_or_else(|| outputs::unknown_format(name, &FORMATS.iter().map(|it| it.name).collect::<Vec<_>>()))
}

/// Where workloads and budgets were read, for formats that point at lines.
fn places(snapshot: &Snapshot) -> Vec<(String, String, u32)> {
    let cluster = &snapshot.cluster;
    let handles = cluster.workloads.iter().map(|it| it.handle()).chain(cluster.pod_disruption_budgets.iter().map(|it| it.handle()));
    let place = |it: seatrial_model::Handle<'_>| {
        let origin = it.origin?;
        let file = snapshot.files.get(usize::try_from(origin.file).ok()?)?;
        Some((format!("{} {}/{}", it.kind, it.meta.ns(), it.meta.name), file.path.clone(), origin.line))
    };
    handles.filter_map(place).collect()
}

/// 0 where everything is better than the threshold, 1 where something is not, 3 where only open questions are left.
fn exit(answer: &Answer, threshold: Verdict) -> Exit {
    let worst = match &answer.compared {
        // What was as bad before is not this change's.
        Some(it) => it.changes.iter().filter(|it| it.worse).filter_map(|it| it.after).min(),
        None => answer.drills.iter().map(|it| it.verdict).filter(|it| *it != Verdict::Unknown).min(),
    };
    if worst.is_some_and(|it| it != Verdict::Unknown && it <= threshold) {
        return Exit::Findings;
    }
    let open = worst == Some(Verdict::Unknown) || (answer.compared.is_none() && answer.drills.iter().any(|it| it.verdict == Verdict::Unknown));
    if open || answer.drills.is_empty() { Exit::Incomplete } else { Exit::Clean }
}

impl From<VerdictArg> for Verdict {
    fn from(it: VerdictArg) -> Self {
        match it {
            VerdictArg::Down => Self::Down,
            VerdictArg::Stuck => Self::Stuck,
            VerdictArg::Degraded => Self::Degraded,
        }
    }
}
