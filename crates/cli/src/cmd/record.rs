//! `seatrial record`: a snapshot in one file.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use seatrial_check::{Places, Policy, Profile, Settings, all, evaluate};
use seatrial_model::{Need, Origin, Path as Field, Version};
use seatrial_recording::{KnownPlace, Recording};
use seatrial_report::Location;

use crate::args::RecordArgs;
use crate::config;
use crate::error::Error;
use crate::exit::Exit;
use crate::source::{Collected, Source, collect};
use crate::texts::{Place, Texts};

/// Standard output, as a path.
const STDOUT: &str = "-";

/// Runs it.
pub fn run(args: &RecordArgs) -> Result<Exit, Error> {
    let to_stdout = args.output == Path::new(STDOUT);
    if to_stdout && io::stdout().is_terminal() {
        return Err(Error::Usage("a recording is not text: name a file with -o, or send it through a pipe".to_owned()));
    }
    // Asked before the work, and again when the file is put in its place.
    if !to_stdout && !args.force && args.output.exists() {
        return Err(already_there(&args.output));
    }
    let config = config::load(args.config.as_deref())?;
    let mut settings = config.settings()?;
    settings.target = args.source.render.target_version.unwrap_or(settings.target);
    let collected = collect(&Source::of(&args.paths, &args.source, Need::ALL.iter().copied().collect())?, settings.target)?;
    let target = settings.target;
    config.settle_target(&mut settings, args.source.render.target_version, &collected.snapshot);
    let recording = of(collected, target, settings);
    let snapshot = &recording.snapshot;
    for it in &snapshot.unread {
        anstream::eprintln!("unread: {}: {}", it.place(), it.reason);
    }
    if snapshot.tally.objects == 0 && snapshot.cluster.handles().next().is_none() {
        anstream::eprintln!("nothing was read, so nothing is recorded");
        return Ok(Exit::Incomplete);
    }
    let mut bytes = Vec::new();
    seatrial_recording::write(&recording, &mut bytes).map_err(Error::Output)?;
    match to_stdout {
        true => io::stdout().lock().write_all(&bytes).map_err(Error::Output)?,
        false => put(&args.output, &bytes, args.force)?,
    }
    anstream::eprintln!("{}", said(&recording, bytes.len(), &args.output));
    Ok(if snapshot.unread.is_empty() { Exit::Clean } else { Exit::Incomplete })
}

/// The recording of what was collected. Places are those that any check asks for, of whatever profile: the texts do not go into the file.
fn of(collected: Collected, target: Version, mut settings: Settings) -> Recording {
    settings.profile = Profile::Pedantic;
    let asked = Asked { texts: &collected.texts, places: Mutex::new(BTreeMap::new()) };
    evaluate(&collected.snapshot, &settings, &Policy::default(), &all(), &asked);
    let places = asked.places.into_inner().unwrap_or_else(PoisonError::into_inner);
    let places = places.into_iter().map(|((origin, path), it)| KnownPlace { origin, path, location: it.location, explained: it.explained }).collect();
    Recording { snapshot: collected.snapshot, target, notes: collected.notes, places }
}

/// Writes down which places are asked for.
struct Asked<'a> {
    texts: &'a Texts,
    places: Mutex<BTreeMap<(Origin, Field), Place>>,
}

impl Places for Asked<'_> {
    fn locate(&self, wanted: &[(Origin, &Field)]) -> Vec<Location> {
        let places = self.texts.places(wanted);
        let locations = places.iter().map(|it| it.location.clone()).collect();
        let asked = wanted.iter().map(|(origin, path)| (*origin, (*path).clone()));
        self.places.lock().unwrap_or_else(PoisonError::into_inner).extend(asked.zip(places));
        locations
    }
}

fn already_there(path: &Path) -> Error {
    Error::Usage(format!("{} exists already: choose another name, or overwrite it with --force", path.display()))
}

/// Puts the whole file in its place at once: whoever looks sees the old one, none, or the new one. Only its owner may read it.
fn put(path: &Path, bytes: &[u8], force: bool) -> Result<(), Error> {
    let fail = |source| Error::Write { path: path.to_owned(), source };
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".seatrial-").tempfile_in(folder).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
    let placed = if force { file.persist(path) } else { file.persist_noclobber(path) };
    placed.map(drop).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => already_there(path),
        _ => fail(error.error),
    })
}

/// What was recorded, in one line.
fn said(recording: &Recording, bytes: usize, path: &Path) -> String {
    let snapshot = &recording.snapshot;
    let objects = snapshot.cluster.objects();
    let file = if path == Path::new(STDOUT) { "standard output".to_owned() } else { path.display().to_string() };
    let unread = match snapshot.unread.len() {
        0 => String::new(),
        n => format!("; {n} could not be read, and the recording says so"),
    };
    format!("{objects} objects ({} pods) recorded in {file}, {} kB, without values of secrets{unread}", snapshot.cluster.pods.len(), bytes.div_ceil(1000))
}
