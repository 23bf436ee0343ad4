//! From a recording to bytes.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use seatrial_model::cluster::{Fields, View};
use seatrial_model::kinds::nodes::PodStatus;
use seatrial_model::pod::PodSpec;
use seatrial_model::{Meta, Need, Object, Origin, RunningPod, Text};
use serde::Serialize;

use crate::{END, FORMAT, Head, PartHead, Recording, SKIPPABLE, VERSION, part, table};

/// How hard zstd tries.
const LEVEL: i32 = 9;
/// How far back zstd looks, as a power of two: ids of pods stand again in their events, megabytes later. Decoders take up to 27 without being told.
const WINDOW: u32 = 23;
/// Bytes that zstd is given at once.
const BLOCK: usize = 1 << 18;

/// Writes `recording`; equal recordings become equal bytes.
///
/// # Errors
/// `out` cannot be written to.
pub fn write(recording: &Recording, mut out: impl Write) -> io::Result<()> {
    let schema = format!("{FORMAT}{VERSION}");
    let label = format!("{schema}\n");
    out.write_all(&SKIPPABLE)?;
    out.write_all(&u32::try_from(label.len()).unwrap_or(0).to_le_bytes())?;
    out.write_all(label.as_bytes())?;
    let mut encoder = zstd::Encoder::new(out, LEVEL)?;
    encoder.include_checksum(true)?;
    encoder.window_log(WINDOW)?;
    let mut lines = Lines { out: BufWriter::with_capacity(BLOCK, encoder) };
    lines.all(recording, schema)?;
    lines.out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?.flush()
}

struct Lines<W: Write> {
    out: W,
}

impl<W: Write> Lines<W> {
    fn all(&mut self, recording: &Recording, schema: String) -> io::Result<()> {
        let it = &recording.snapshot;
        self.line(&Head { schema, tool_version: it.meta.tool_version.clone(), target: recording.target })?;
        self.part(part::META, [&it.meta])?;
        self.part(part::GAPS, &it.gaps)?;
        self.part(part::LISTED, &it.listed)?;
        self.part(part::FILES, &it.files)?;
        self.part(part::PROBLEMS, &it.problems)?;
        self.part(part::UNREAD, &it.unread)?;
        self.part(part::IGNORES, &it.ignores)?;
        self.part(part::TALLY, [&it.tally])?;
        self.part(part::ACCOUNT, [&it.account])?;
        self.part(part::NOTES, &recording.notes)?;
        self.part(part::PLACES, &recording.places)?;
        it.cluster.view(self)?;
        self.line(&PartHead { part: END.to_owned(), items: 0 })
    }

    fn part<I: IntoIterator<Item: Serialize>>(&mut self, name: &str, items: I) -> io::Result<()>
    where
        I::IntoIter: ExactSizeIterator,
    {
        let items = items.into_iter();
        self.line(&PartHead { part: name.to_owned(), items: items.len() as u64 })?;
        table::write(&mut self.out, items)
    }

    fn line(&mut self, it: &impl Serialize) -> io::Result<()> {
        table::line(&mut self.out, it)
    }

    /// Pods of one owner share their specification: each is written once, before the pods that name it by number.
    fn pods<T: Fields>(&mut self, name: &str, list: &[Object<T>]) -> io::Result<()> {
        let mut distinct: Vec<&Arc<PodSpec>> = Vec::new();
        let mut number_of: HashMap<*const PodSpec, u32> = HashMap::new();
        let mut by_text: HashMap<String, u32> = HashMap::new();
        for spec in list.iter().filter_map(pod).map(|it| &it.spec) {
            if number_of.contains_key(&Arc::as_ptr(spec)) {
                continue;
            }
            // Equal ones may not share: what is written must not depend on it.
            let next = u32::try_from(distinct.len()).unwrap_or(u32::MAX);
            let number = *by_text.entry(serde_json::to_string(spec)?).or_insert(next);
            if number == next {
                distinct.push(spec);
            }
            number_of.insert(Arc::as_ptr(spec), number);
        }
        self.part(part::POD_SPECS, distinct)?;
        let lines: Vec<PodLine<'_>> = list
            .iter()
            .filter_map(|object| {
                let it = pod(object)?;
                let Object { api_version, kind, meta, origin, .. } = object;
                let spec = *number_of.get(&Arc::as_ptr(&it.spec))?;
                Some(PodLine { api_version, kind, spec, node_name: it.node_name.as_ref(), meta, origin: *origin, status: &it.status })
            })
            .collect();
        self.part(name, lines)
    }
}

/// The fields as a pod's, if that is what they are.
fn pod<T: Fields>(object: &Object<T>) -> Option<&RunningPod> {
    (&object.it as &dyn Any).downcast_ref()
}

/// A pod whose specification stands elsewhere.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PodLine<'a> {
    api_version: &'a Text,
    kind: &'a Text,
    spec: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    node_name: Option<&'a Text>,
    meta: &'a Meta,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    status: &'a PodStatus,
}

impl<W: Write> View for Lines<W> {
    type Error = io::Error;

    fn list<T: Fields>(&mut self, name: &'static str, _: Option<Need>, list: &[Object<T>]) -> io::Result<()> {
        if TypeId::of::<T>() == TypeId::of::<RunningPod>() { self.pods(name, list) } else { self.part(name, list) }
    }
}
