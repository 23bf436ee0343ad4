//! From bytes to a recording.

use std::any::{Any, TypeId};
use std::collections::BTreeSet;
use std::io::{BufRead, Read};
use std::sync::Arc;

use seatrial_model::cluster::{Fields, Fill, View};
use seatrial_model::kinds::nodes::PodStatus;
use seatrial_model::pod::PodSpec;
use seatrial_model::{Account, Cluster, Gap, Meta, Need, Object, Origin, RunningPod, Snapshot, SnapshotMeta, Tally, Text};
use serde::Deserialize;

use crate::error::Error;
use crate::lines::Lines;
use crate::{END, FORMAT, Head, PartHead, Recording, SKIPPABLE, VERSION, part, table};

/// Length of a skippable frame's own head: magic number and size.
const FRAME_HEAD: usize = 8;
/// No label is longer.
const LONGEST_LABEL: u32 = 64;

/// Whether these first bytes of a file (32 are enough) are a recording's, of whatever version.
pub fn is_recording(begins: &[u8]) -> bool {
    begins.starts_with(&SKIPPABLE) && begins.get(FRAME_HEAD..).is_some_and(|it| it.starts_with(FORMAT.as_bytes()))
}

/// Reads a recording.
///
/// # Errors
/// The bytes are something else, of a newer version, cut off, or damaged; nothing is read from such a file.
pub fn read(mut source: impl BufRead) -> Result<Recording, Error> {
    check_label(&mut source)?;
    let decoder = zstd::Decoder::with_buffer(&mut source).map_err(Error::Source)?.single_frame();
    let mut lines = Lines::new(std::io::BufReader::with_capacity(1 << 17, decoder));
    let recording = parts(&mut lines)?;
    let last = lines.line();
    let mut more = [0];
    match source.read(&mut more) {
        Ok(0) => Ok(recording),
        Ok(_) => Err(Error::Damaged { line: last, reason: "more bytes follow after the last line".to_owned() }),
        Err(error) => Err(Error::Source(error)),
    }
}

/// Reads the label before the compressed lines.
fn check_label(source: &mut impl Read) -> Result<(), Error> {
    let short = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => Error::Foreign,
        _ => Error::Source(error),
    };
    let mut head = [0; FRAME_HEAD];
    source.read_exact(&mut head).map_err(short)?;
    let [a, b, c, d, size @ ..] = head;
    let size = u32::from_le_bytes(size);
    if [a, b, c, d] != SKIPPABLE || size > LONGEST_LABEL {
        return Err(Error::Foreign);
    }
    let mut label = vec![0; size as usize];
    source.read_exact(&mut label).map_err(short)?;
    check_schema(label.strip_suffix(b"\n").and_then(|it| std::str::from_utf8(it).ok()).unwrap_or_default())
}

fn check_schema(schema: &str) -> Result<(), Error> {
    let version: Option<u32> = schema.strip_prefix(FORMAT).and_then(|it| it.parse().ok());
    match version {
        Some(VERSION) => Ok(()),
        Some(it) if it > VERSION => Err(Error::Newer { found: schema.to_owned() }),
        _ => Err(Error::Foreign),
    }
}

fn parts<R: BufRead>(lines: &mut Lines<R>) -> Result<Recording, Error> {
    let head: Head = lines.item(|| "there is no first line".to_owned())?;
    check_schema(&head.schema)?;
    let mut draft = Draft::default();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    loop {
        let PartHead { part, items } = lines.item(|| "the line that ends a recording is not there".to_owned())?;
        if part == END {
            break;
        }
        draft.part(lines, &part, items)?;
        if !seen.insert(part) {
            return Err(lines.damaged("a part that was there before"));
        }
    }
    if !lines.is_at_end()? {
        return Err(lines.damaged("a line after the last one"));
    }
    if let Some(it) = part::REQUIRED.iter().find(|it| !seen.contains(**it)) {
        return Err(lines.damaged(format!("the part `{it}` is not there")));
    }
    let mut recording = draft.recording(head).ok_or_else(|| lines.damaged("a part that must hold one line holds none"))?;
    note_unknown_lists(&mut recording.snapshot, &seen);
    Ok(recording)
}

/// Lists that an older version did not know were not read by it.
fn note_unknown_lists(snapshot: &mut Snapshot, seen: &BTreeSet<String>) {
    struct Unseen<'a>(&'a BTreeSet<String>, Vec<Need>);
    impl View for Unseen<'_> {
        type Error = std::convert::Infallible;
        fn list<T: Fields>(&mut self, name: &'static str, need: Option<Need>, _: &[Object<T>]) -> Result<(), Self::Error> {
            self.1.extend(need.filter(|_| !self.0.contains(name)));
            Ok(())
        }
    }
    let mut unseen = Unseen(seen, Vec::new());
    let Ok(()) = snapshot.cluster.view(&mut unseen);
    for need in unseen.1 {
        let why = format!("Seatrial {}, which recorded it, did not know them", snapshot.meta.tool_version);
        snapshot.gaps.entry(need).or_insert_with(|| Gap { what: need.name().to_owned(), why, remedy: "record again".to_owned() });
    }
}

/// What was read so far.
#[derive(Default)]
struct Draft {
    meta: Option<SnapshotMeta>,
    account: Option<Account>,
    tally: Option<Tally>,
    snapshot: Parts,
    specs: Vec<Arc<PodSpec>>,
}

/// Parts that are lists.
#[derive(Default)]
struct Parts {
    gaps: Vec<(Need, Gap)>,
    listed: Vec<Need>,
    files: Vec<seatrial_model::SourceFile>,
    problems: Vec<seatrial_model::Problem>,
    unread: Vec<seatrial_model::Unread>,
    ignores: Vec<seatrial_model::InlineIgnore>,
    notes: Vec<String>,
    places: Vec<crate::KnownPlace>,
    cluster: Cluster,
}

impl Draft {
    fn part<R: BufRead>(&mut self, lines: &mut Lines<R>, name: &str, items: u64) -> Result<(), Error> {
        let at = Part { lines, name, items };
        let it = &mut self.snapshot;
        match name {
            part::META => self.meta = at.items()?.pop(),
            part::TALLY => self.tally = at.items()?.pop(),
            part::ACCOUNT => self.account = at.items()?.pop(),
            part::GAPS => it.gaps = at.items()?,
            part::LISTED => it.listed = at.items()?,
            part::FILES => it.files = at.items()?,
            part::PROBLEMS => it.problems = at.items()?,
            part::UNREAD => it.unread = at.items()?,
            part::IGNORES => it.ignores = at.items()?,
            part::NOTES => it.notes = at.items()?,
            part::PLACES => it.places = at.items()?,
            part::POD_SPECS => self.specs = at.items::<PodSpec>()?.into_iter().map(Arc::new).collect(),
            _ => {
                let mut list = OneList { at, specs: &self.specs, found: false };
                it.cluster.fill(&mut list)?;
                if !list.found {
                    return Err(Error::Newer { found: format!("it has a part `{name}`") });
                }
            }
        }
        Ok(())
    }

    fn recording(self, head: Head) -> Option<Recording> {
        let it = self.snapshot;
        let snapshot = Snapshot {
            meta: self.meta?,
            cluster: it.cluster,
            account: self.account?,
            gaps: it.gaps.into_iter().collect(),
            listed: it.listed.into_iter().collect(),
            files: it.files,
            problems: it.problems,
            unread: it.unread,
            ignores: it.ignores,
            tally: self.tally?,
        };
        Some(Recording { snapshot, target: head.target, notes: it.notes, places: it.places })
    }
}

/// A part whose head was read.
struct Part<'a, R> {
    lines: &'a mut Lines<R>,
    name: &'a str,
    items: u64,
}

impl<R: BufRead> Part<'_, R> {
    fn items<T: for<'a> Deserialize<'a> + Send>(self) -> Result<Vec<T>, Error> {
        table::read(self.lines, self.name, self.items, Ok)
    }
}

/// A pod whose specification stands elsewhere.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PodLine {
    api_version: Text,
    kind: Text,
    spec: usize,
    node_name: Option<Text>,
    meta: Meta,
    origin: Option<Origin>,
    status: PodStatus,
}

/// Fills the list that the part names.
struct OneList<'a, R> {
    at: Part<'a, R>,
    specs: &'a [Arc<PodSpec>],
    found: bool,
}

impl<R: BufRead> Fill for OneList<'_, R> {
    type Error = Error;

    fn list<T: Fields>(&mut self, name: &'static str, _: Option<Need>, list: &mut Vec<Object<T>>) -> Result<(), Error> {
        if name != self.at.name {
            return Ok(());
        }
        self.found = true;
        let at = Part { lines: &mut *self.at.lines, name, items: self.at.items };
        *list = match TypeId::of::<T>() == TypeId::of::<RunningPod>() {
            true => table::read(at.lines, name, at.items, |line| pod(line, self.specs))?,
            false => at.items()?,
        };
        Ok(())
    }
}

/// The pod of a line, as the list's own type.
fn pod<T: Fields>(line: PodLine, specs: &[Arc<PodSpec>]) -> Result<Object<T>, String> {
    let PodLine { api_version, kind, spec, node_name, meta, origin, status } = line;
    let spec = specs.get(spec).ok_or_else(|| format!("no specification has the number {spec}"))?.clone();
    let mut pod = Some(RunningPod { spec, node_name, status });
    let it = (&mut pod as &mut dyn Any).downcast_mut::<Option<T>>().and_then(Option::take).ok_or("not a list of pods")?;
    Ok(Object { api_version, kind, meta, origin, it })
}
