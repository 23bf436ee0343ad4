//! Reading one input: whatever is wrong with it is written down, never thrown away.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use seatrial_manifest::json::read_json;
use seatrial_manifest::read::{FileRef, Options, Part, read_yaml};
use seatrial_model::Unread;
use seatrial_recording::{Recording, is_recording};

use super::rendered::{Helm, Kustomize, RenderError, Rendered, Renderer, Request};
use super::walk::Input;
use crate::texts::Text;

/// YAML needs its text in memory; dumps larger than this are written as JSON, which is streamed.
const LARGEST_YAML: u64 = 256 << 20;
/// JSON files up to this size are kept, larger ones read again where a place is asked for.
const LARGEST_KEPT: u64 = 4 << 20;
/// What comes out of a pipe cannot be read again: up to this size it is kept, so that places are exact.
const LARGEST_STREAM_KEPT: u64 = 32 << 20;

/// Bytes that tell what a file is.
const BEGINS: usize = 32;

/// What one input gave.
#[derive(Default)]
pub struct Read {
    /// Objects and what could not be read.
    pub part: Part,
    /// The input's text.
    pub text: Option<Text>,
    /// What a renderer made of it.
    pub rendered: Option<Rendered>,
    /// What it holds, if it is a recording.
    pub recording: Option<Recording>,
}

/// Reads one input.
pub fn input(input: &Input, id: u32, request: &Request<'_>, options: &Options) -> Read {
    let path = input.display();
    let file = FileRef { id, path: &path };
    let mut read = Read::default();
    read.part.tally.files = 1;
    match input {
        Input::File { path, named } => read_file(file, path, *named, options, &mut read),
        Input::Stdin => read_stream(file, io::stdin().lock(), options, &mut read),
        Input::Embedded { text, .. } => read_text(file, (*text).to_owned(), true, options, &mut read),
        Input::Chart(root) => read_rendered(Helm::default().render(root, request), &mut read),
        Input::Kustomization(root) => read_rendered(Kustomize::default().render(root, request), &mut read),
        Input::Patch(_) => read.part.tally.patches = 1,
        Input::Unreadable { reason, .. } => read.part.unread(file, 0, 0, reason.clone()),
    }
    read
}

/// Reads an input once more if it holds objects of kinds that the inputs define.
pub fn again(input: &Input, id: u32, read: &mut Read, options: &Options) {
    let defined = read.part.cluster.handles().any(|it| options.definitions.find(it.api_version, it.kind).is_some());
    let Some(Text::Kept(text)) = read.text.take_if(|_| defined) else { return };
    let path = input.display();
    let named = !matches!(input, Input::File { named: false, .. });
    read_text(FileRef { id, path: &path }, text, named, options, read);
}

fn read_rendered(result: Result<Rendered, RenderError>, read: &mut Read) {
    read.part.tally.files = 0;
    match result {
        Ok(it) => read.rendered = Some(it),
        Err(it) => read.part.unread.push(Unread { file: it.file, line: it.line, column: it.column, reason: it.reason }),
    }
}

/// The first bytes of a source, enough to tell a recording.
fn begin(source: &mut impl io::Read) -> io::Result<Vec<u8>> {
    let mut begins = Vec::with_capacity(BEGINS);
    source.take(BEGINS as u64).read_to_end(&mut begins)?;
    Ok(begins)
}

/// Reads a recording whose first bytes were taken already.
fn read_recording(file: FileRef<'_>, source: impl io::BufRead, read: &mut Read) {
    read.part.tally.files = 0;
    match seatrial_recording::read(source) {
        Ok(it) => read.recording = Some(it),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|it| format!(": {it}")).unwrap_or_default();
            read.part.unread(file, u32::try_from(error.line()).unwrap_or(u32::MAX), 0, format!("{error}{cause}; {}", error.help()));
        }
    }
}

fn read_file(file: FileRef<'_>, path: &Path, named: bool, options: &Options, read: &mut Read) {
    // Looked at before it is opened: opening a pipe waits for its writer.
    let opened = std::fs::metadata(path).and_then(|meta| {
        let is_pipe = !meta.is_file() && !meta.is_dir();
        Ok((meta, if is_pipe && !named { None } else { Some(File::open(path)?) }))
    });
    let (meta, source) = match opened {
        Ok((meta, Some(source))) => (meta, source),
        Ok((_, None)) => return read.part.unread(file, 0, 0, "not a regular file"),
        Err(error) => return read.part.unread(file, 0, 0, error.to_string()),
    };
    if !meta.is_file() {
        return read_stream(file, source, options, read);
    }
    let is_json = path.extension().is_some_and(|it| it == "json");
    if is_json && meta.len() > LARGEST_KEPT {
        read.text = Some(Text::OnDisk(path.to_owned()));
        return read_large_json(file, source, options, read);
    }
    if meta.len() > LARGEST_YAML {
        return too_large(file, read);
    }
    // One byte more than the file has, so that its end is seen without another read.
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
    match source.take(LARGEST_YAML + 1).read_to_end(&mut bytes) {
        Ok(_) if is_recording(&bytes) => read_recording(file, &*bytes, read),
        Ok(_) => read_bytes(file, bytes, named, options, read),
        Err(error) => read.part.unread(file, 0, 0, error.to_string()),
    }
}

/// Reads what cannot be read twice: standard input, or a pipe that was named (`<(kubectl get ...)`).
fn read_stream(file: FileRef<'_>, mut source: impl io::Read, options: &Options, read: &mut Read) {
    let mut bytes = match begin(&mut source) {
        Ok(it) if is_recording(&it) => return read_recording(file, BufReader::new((&*it).chain(source)), read),
        Ok(it) => it,
        Err(error) => return read.part.unread(file, 0, 0, error.to_string()),
    };
    if let Err(error) = source.by_ref().take(LARGEST_STREAM_KEPT - BEGINS as u64).read_to_end(&mut bytes) {
        return read.part.unread(file, 0, 0, error.to_string());
    }
    let is_long = bytes.len() as u64 == LARGEST_STREAM_KEPT;
    let begins = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    if is_long && looks_like_json(&begins) {
        read.text = Some(Text::Gone);
        return read_large_json(file, io::Cursor::new(bytes).chain(source), options, read);
    }
    match source.take(LARGEST_YAML - LARGEST_STREAM_KEPT + 1).read_to_end(&mut bytes) {
        Ok(_) => read_bytes(file, bytes, true, options, read),
        Err(error) => read.part.unread(file, 0, 0, error.to_string()),
    }
}

fn too_large(file: FileRef<'_>, read: &mut Read) {
    read.part.unread(file, 0, 0, format!("larger than {} MiB: split it, or write it as JSON, which is streamed", LARGEST_YAML >> 20));
}

fn read_bytes(file: FileRef<'_>, bytes: Vec<u8>, named: bool, options: &Options, read: &mut Read) {
    if bytes.len() as u64 > LARGEST_YAML {
        return too_large(file, read);
    }
    match text_of(bytes) {
        Ok(text) => read_text(file, text, named, options, read),
        Err((line, column, reason)) => read.part.unread(file, line, column, reason),
    }
}

/// Line, column and reason where bytes are not text.
type NotText = (u32, u32, String);

fn text_of(bytes: Vec<u8>) -> Result<String, NotText> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((1, 1, "UTF-16: write it as UTF-8".to_owned()));
    }
    let place = |bytes: &[u8]| {
        let line = bytes.iter().filter(|it| **it == b'\n').count() + 1;
        let column = bytes.len() - bytes.iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1) + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    };
    match String::from_utf8(bytes) {
        Ok(text) => match text.bytes().position(|it| it == 0) {
            Some(at) => {
                let (line, column) = place(&text.as_bytes()[..at]);
                Err((line, column, "a NUL byte: not a text file".to_owned()))
            }
            None => Ok(text),
        },
        Err(error) => {
            let (line, column) = place(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
            Err((line, column, "not UTF-8".to_owned()))
        }
    }
}

/// JSON by its first character; Helm's `{{` is neither.
fn looks_like_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    (text.starts_with('{') && !text.starts_with("{{")) || text.starts_with('[')
}

fn read_text(file: FileRef<'_>, text: String, named: bool, options: &Options, read: &mut Read) {
    let mut part = if looks_like_json(&text) { json_or_yaml(file, &text, options) } else { read_yaml(file, &text, options) };
    part.tally.files = 1;
    if named && part.tally.objects == 0 && part.unread.is_empty() && part.account.is_none() && part.listed.is_empty() && part.header.is_none() {
        let why = if text.trim().is_empty() { "empty" } else { "holds no Kubernetes object (nothing with apiVersion and kind)" };
        part.unread(file, 0, 0, why);
    }
    read.part = part;
    read.text = Some(Text::Kept(text));
}

fn json_or_yaml(file: FileRef<'_>, text: &str, options: &Options) -> Part {
    let mut part = Part::default();
    match read_json(file, text.as_bytes(), options, &mut part) {
        Ok(Ok(())) => part,
        // Flow-style YAML begins like JSON.
        Ok(Err(_)) if !file.path.ends_with(".json") => read_yaml(file, text, options),
        Ok(Err(error)) => {
            part.unread(file, error.line, error.column, error.message);
            part
        }
        Err(error) => {
            part.unread(file, 0, 0, error.to_string());
            part
        }
    }
}

fn read_large_json(file: FileRef<'_>, source: impl io::Read, options: &Options, read: &mut Read) {
    match read_json(file, source, options, &mut read.part) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => read.part.unread(file, error.line, error.column, error.message),
        Err(error) => read.part.unread(file, 0, 0, error.to_string()),
    }
}
