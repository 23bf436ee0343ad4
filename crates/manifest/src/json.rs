//! Reading JSON of any size: a List's items are cut out of the stream one by one, so that memory is bounded by the largest item.

use std::io::{self, Read};

use rayon::prelude::*;
use seatrial_model::{Cluster, Head, Origin};
use serde::Deserialize;

use crate::read::{FileRef, Options, Part, read_chunk, typed_list};
use crate::split::Chunk;

/// The largest single object that is read.
const LARGEST_OBJECT: usize = 256 << 20;
/// How many bytes of objects are read before they are worked on, for each core.
const BATCH: usize = 1 << 20;

/// A value of the stream that may be an object.
struct Item {
    text: Vec<u8>,
    offset: u64,
    line: u32,
    column: u32,
    index: Option<u32>,
    document: u32,
}

/// Why a stream is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in bytes.
    pub column: u32,
    /// In words.
    pub message: String,
}

/// Reads a JSON stream: an object, a List, an array of objects, or several of them one after another.
///
/// # Errors
/// Reading fails, or the text is not JSON; what was read before that is in `part`.
pub fn read_json(file: FileRef<'_>, source: impl Read, options: &Options, part: &mut Part) -> io::Result<Result<(), JsonError>> {
    let mut scanner = Scanner::new(source);
    let width = rayon::current_num_threads().max(1);
    loop {
        let mut batches: Vec<Vec<Item>> = Vec::new();
        let mut ended = None;
        while batches.len() < width && ended.is_none() {
            let mut batch = Vec::new();
            let mut bytes = 0;
            while bytes < BATCH {
                match scanner.next_item()? {
                    Ok(Some(item)) => {
                        bytes += item.text.len();
                        batch.push(item);
                    }
                    Ok(None) => {
                        ended = Some(Ok(()));
                        break;
                    }
                    Err(error) => {
                        ended = Some(Err(error));
                        break;
                    }
                }
            }
            batches.push(batch);
        }
        let head = scanner.head.clone();
        let parts: Vec<Part> = batches.into_par_iter().map(|batch| read_batch(file, &batch, &head, options)).collect();
        parts.into_iter().for_each(|it| part.append(it));
        if let Some(end) = ended {
            part.tally.documents += u64::from(scanner.document);
            if let Some(need) = typed_list(&head.api_version, &head.kind).and_then(|(api_version, kind)| Cluster::need_of(api_version, kind)) {
                part.listed.insert(need);
            }
            return Ok(end);
        }
    }
}

fn read_batch(file: FileRef<'_>, batch: &[Item], list: &ListHead, options: &Options) -> Part {
    let mut part = Part::default();
    for item in batch {
        read_item(file, item, list, options, &mut part);
    }
    part
}

fn read_item(file: FileRef<'_>, item: &Item, list: &ListHead, options: &Options, part: &mut Part) {
    let Ok(text) = std::str::from_utf8(&item.text) else {
        return part.unread(file, item.line, item.column, "not UTF-8");
    };
    let mut head = match serde_json::from_str::<Head>(text) {
        Ok(head) => head,
        Err(error) => return unread(file, item, &error, part),
    };
    if let (true, Some((api_version, kind))) = (head.kind.is_empty(), typed_list(&list.api_version, &list.kind)) {
        head.kind = kind.into();
        head.api_version = api_version.into();
    }
    let is_live = head.metadata.uid.is_some();
    let ours = head.api_version.starts_with("seatrial.dev/");
    if !is_live || head.kind.is_empty() || ours {
        // A manifest written as JSON gets the same judgement as one in YAML.
        let chunk = Chunk { text, offset: item.offset, line: item.line, column: item.column, document: item.document };
        return read_chunk(file, &chunk, options, part);
    }
    part.from_cluster |= item.index.is_some();
    part.tally.objects += 1;
    let origin =
        Origin { file: file.id, offset: item.offset, len: item.text.len() as u64, line: item.line, column: item.column, document: item.document, item: None };
    let before = head.clone();
    if let Err(error) = part.cluster.add(head, Some(origin), &mut serde_json::Deserializer::from_str(text)) {
        // Nulls and odd types: the tree reader is lenient where serde_json is strict.
        let mut lenient = Part::default();
        let chunk = Chunk { text, offset: item.offset, line: item.line, column: item.column, document: item.document };
        read_chunk(file, &chunk, options, &mut lenient);
        part.tally.objects -= 1;
        if lenient.unread.is_empty() && lenient.tally.objects == 1 {
            lenient.problems.clear();
            part.append(lenient);
        } else {
            part.unread(file, item.line, item.column, format!("{} {}: {error}", before.kind, before.metadata.name));
        }
    }
}

fn unread(file: FileRef<'_>, item: &Item, error: &serde_json::Error, part: &mut Part) {
    let first = error.line() <= 1;
    let line = item.line + u32::try_from(error.line().saturating_sub(1)).unwrap_or(0);
    let column = u32::try_from(error.column()).unwrap_or(0);
    part.unread(file, line, if first { item.column + column.saturating_sub(1) } else { column }, format!("not a Kubernetes object: {error}"));
}

/// Identity of a List, gathered from outside its items.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ListHead {
    api_version: String,
    kind: String,
}

/// Cuts values out of a stream of JSON without parsing them.
struct Scanner<R> {
    source: R,
    buffer: Vec<u8>,
    /// Next byte of the buffer.
    at: usize,
    /// Stream offset of the buffer's start.
    base: u64,
    line: u32,
    /// Stream offset of the start of the line.
    line_start: u64,
    ended: bool,
    /// What brackets are open around the items.
    inside: Inside,
    head: ListHead,
    document: u32,
    index: u32,
}

/// Where between items the scanner stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Between top-level values.
    Top,
    /// In a top-level array.
    Array,
    /// In the `items` of a List.
    Items,
    /// In a List, after its items.
    AfterItems,
}

impl<R: Read> Scanner<R> {
    fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            at: 0,
            base: 0,
            line: 1,
            line_start: 0,
            ended: false,
            inside: Inside::Top,
            head: ListHead::default(),
            document: 0,
            index: 0,
        }
    }

    /// The next value that may be an object, or none at the end.
    fn next_item(&mut self) -> io::Result<Result<Option<Item>, JsonError>> {
        loop {
            let Some(byte) = self.skip_space()? else {
                return Ok(if self.inside == Inside::Top { Ok(None) } else { Err(self.error("the text ends in the middle of a list")) });
            };
            match (self.inside, byte) {
                (Inside::Array | Inside::Items, b',') => self.at += 1,
                (Inside::Top, b'[') => {
                    self.at += 1;
                    self.document += 1;
                    self.index = 0;
                    self.inside = Inside::Array;
                }
                (Inside::Array, b']') => {
                    self.at += 1;
                    self.inside = Inside::Top;
                }
                (Inside::Items, b']') => {
                    self.at += 1;
                    self.inside = Inside::AfterItems;
                    if let Some(error) = self.members_until_items()? {
                        return Ok(Err(error));
                    }
                    self.inside = Inside::Top;
                }
                (Inside::Top, b'{') => match self.top_object()? {
                    Ok(Some(item)) => return Ok(Ok(Some(item))),
                    Ok(None) => {}
                    Err(error) => return Ok(Err(error)),
                },
                (Inside::Array | Inside::Items, b'{') => {
                    let index = self.index;
                    self.index += 1;
                    return self.value(Some(index));
                }
                _ => return Ok(Err(self.error("not valid JSON: an object was expected here"))),
            }
        }
    }

    /// A top-level object: a List is entered, anything else is an item.
    fn top_object(&mut self) -> io::Result<Result<Option<Item>, JsonError>> {
        self.document += 1;
        self.index = 0;
        // A List says so within its first members; look ahead without consuming.
        let mark = (self.at, self.line, self.line_start);
        self.head = ListHead::default();
        self.at += 1;
        if let Some(error) = self.members_until_items()? {
            return Ok(Err(error));
        }
        if self.inside == Inside::Items {
            return Ok(Ok(None));
        }
        // No items: the whole object is one item. The buffer still holds it, as nothing is dropped while looking ahead.
        (self.at, self.line, self.line_start) = mark;
        self.inside = Inside::Top;
        self.value(None)
    }

    /// Walks the members of an object from after `{` (or after the items) to its end, entering a top-level `items` list.
    fn members_until_items(&mut self) -> io::Result<Option<JsonError>> {
        loop {
            let Some(byte) = self.skip_space_keeping()? else { return Ok(Some(self.error("the text ends in the middle of an object"))) };
            match byte {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    if self.inside != Inside::AfterItems {
                        self.inside = Inside::Top;
                    }
                    return Ok(None);
                }
                b'"' => {
                    let key = match self.raw_value()? {
                        Ok(it) => it,
                        Err(error) => return Ok(Some(error)),
                    };
                    if self.skip_space_keeping()? != Some(b':') {
                        return Ok(Some(self.error("not valid JSON: `:` was expected here")));
                    }
                    self.at += 1;
                    let first = self.skip_space_keeping()?;
                    if key == b"\"items\"" && first == Some(b'[') && self.inside != Inside::AfterItems && self.is_list_so_far() {
                        self.at += 1;
                        self.inside = Inside::Items;
                        return Ok(None);
                    }
                    let value = match self.raw_value()? {
                        Ok(it) => it,
                        Err(error) => return Ok(Some(error)),
                    };
                    self.note(&key, &value);
                }
                _ => return Ok(Some(self.error("not valid JSON: a member name was expected here"))),
            }
        }
    }

    /// `items` of something that already said it is not a List (a custom kind with a field of that name) are not entered.
    fn is_list_so_far(&self) -> bool {
        self.head.kind.is_empty() || self.head.kind.ends_with("List")
    }

    fn note(&mut self, key: &[u8], value: &[u8]) {
        let text = || serde_json::from_slice::<String>(value).unwrap_or_default();
        match key {
            b"\"kind\"" => self.head.kind = text(),
            b"\"apiVersion\"" => self.head.api_version = text(),
            _ => {}
        }
    }

    /// Cuts out the value that starts here.
    fn value(&mut self, index: Option<u32>) -> io::Result<Result<Option<Item>, JsonError>> {
        self.drop_consumed();
        let (offset, line) = (self.base + self.at as u64, self.line);
        let column = u32::try_from(offset - self.line_start).unwrap_or(u32::MAX - 1) + 1;
        let document = self.document.saturating_sub(1);
        Ok(self.raw_value()?.map(|text| Some(Item { text, offset, line, column, index, document })))
    }

    /// The bytes of the value that starts here: brackets and strings are matched, nothing else is looked at.
    fn raw_value(&mut self) -> io::Result<Result<Vec<u8>, JsonError>> {
        let start = self.at;
        let mut depth = 0u32;
        loop {
            if self.at >= self.buffer.len() && !self.fill()? {
                return Ok(if depth == 0 && self.at > start {
                    Ok(self.buffer[start..self.at].to_vec())
                } else {
                    Err(self.error("the text ends in the middle of a value"))
                });
            }
            if self.at - start > LARGEST_OBJECT {
                return Ok(Err(self.error("one object is larger than 256 MiB")));
            }
            match self.buffer[self.at] {
                b'"' => {
                    if let Some(error) = self.string()? {
                        return Ok(Err(error));
                    }
                    if depth == 0 {
                        return Ok(Ok(self.buffer[start..self.at].to_vec()));
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return Ok(Ok(self.buffer[start..self.at].to_vec())),
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return Ok(Ok(self.buffer[start..self.at].to_vec()));
                    }
                }
                b',' | b' ' | b'\r' | b'\t' if depth == 0 => return Ok(Ok(self.buffer[start..self.at].to_vec())),
                b'\n' => {
                    if depth == 0 {
                        return Ok(Ok(self.buffer[start..self.at].to_vec()));
                    }
                    self.newline();
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Moves past the string that starts here.
    fn string(&mut self) -> io::Result<Option<JsonError>> {
        self.at += 1;
        loop {
            if self.at >= self.buffer.len() && !self.fill()? {
                return Ok(Some(self.error("the text ends in the middle of a string")));
            }
            match memchr::memchr3(b'"', b'\\', b'\n', &self.buffer[self.at..]) {
                None => self.at = self.buffer.len(),
                Some(step) => {
                    self.at += step;
                    match self.buffer[self.at] {
                        b'"' => {
                            self.at += 1;
                            return Ok(None);
                        }
                        b'\\' => {
                            self.at += 1;
                            if self.at >= self.buffer.len() && !self.fill()? {
                                return Ok(Some(self.error("the text ends in the middle of a string")));
                            }
                            self.at += 1;
                        }
                        _ => return Ok(Some(self.error("not valid JSON: a line break in a string"))),
                    }
                }
            }
        }
    }

    fn newline(&mut self) {
        self.line = self.line.saturating_add(1);
        self.line_start = self.base + self.at as u64 + 1;
    }

    fn skip_space(&mut self) -> io::Result<Option<u8>> {
        let byte = self.skip_space_keeping()?;
        self.drop_consumed();
        Ok(byte)
    }

    fn skip_space_keeping(&mut self) -> io::Result<Option<u8>> {
        loop {
            if self.at >= self.buffer.len() && !self.fill()? {
                return Ok(None);
            }
            match self.buffer[self.at] {
                b'\n' => self.newline(),
                b' ' | b'\t' | b'\r' => {}
                // A byte order mark takes no column.
                0xef | 0xbb | 0xbf => self.line_start += u64::from(self.base + self.at as u64 == self.line_start),
                byte => return Ok(Some(byte)),
            }
            self.at += 1;
        }
    }

    /// Forgets bytes that were worked off, once they are worth moving.
    fn drop_consumed(&mut self) {
        if self.at > BATCH {
            self.buffer.drain(..self.at);
            self.base += self.at as u64;
            self.at = 0;
        }
    }

    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let read = self.source.by_ref().take(256 << 10).read_to_end(&mut self.buffer)?;
        self.ended = read == 0;
        Ok(read > 0)
    }

    fn error(&self, message: &str) -> JsonError {
        let column = (self.base + self.at as u64).saturating_sub(self.line_start) + 1;
        JsonError { line: self.line, column: u32::try_from(column).unwrap_or(u32::MAX), message: message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use seatrial_model::{Need, Version};

    use super::*;

    fn read(text: &str) -> (Part, Result<(), JsonError>) {
        let mut part = Part::default();
        let options = Options::new(Version::minor(36));
        let end = read_json(FileRef { id: 0, path: "x.json" }, text.as_bytes(), &options, &mut part).expect("a slice does not fail");
        (part, end)
    }

    const POD: &str = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","uid":"1"},"spec":{"containers":[{"name":"c","image":"x\"y"}]}}"#;

    #[test]
    fn lists_single_objects_and_streams_are_read() {
        let list = format!("{{\n \"apiVersion\": \"v1\",\n \"items\": [\n {POD},\n {POD}\n ],\n \"kind\": \"List\"\n}}\n");
        let (part, end) = read(&list);
        assert_eq!((end, part.cluster.pods.len(), part.from_cluster), (Ok(()), 2, true));
        let origin = part.cluster.pods[1].origin.expect("read from text");
        assert_eq!((origin.line, origin.column), (5, 2));
        assert_eq!(read(POD).0.cluster.pods.len(), 1);
        assert_eq!(read(&format!("{POD}\n{POD}\n")).0.cluster.pods.len(), 2);
        assert_eq!(read(&format!("[{POD}]")).0.cluster.pods.len(), 1);
    }

    #[test]
    fn typed_lists_name_their_items_and_count_as_listed() {
        let item = POD.replace(r#""apiVersion":"v1","kind":"Pod","#, "");
        let (part, _) = read(&format!(r#"{{"kind":"PodList","apiVersion":"v1","items":[{item}]}}"#));
        assert_eq!(part.cluster.pods.len(), 1);
        let (part, _) = read(r#"{"kind":"NetworkPolicyList","apiVersion":"networking.k8s.io/v1","metadata":{},"items":[]}"#);
        assert!(part.listed.contains(&Need::NetworkPolicies));
    }

    #[test]
    fn broken_text_is_named_and_what_came_before_is_kept() {
        let (part, end) = read(&format!(r#"{{"kind":"List","apiVersion":"v1","items":[{POD},{{"kind":"#));
        assert_eq!(part.cluster.pods.len(), 1);
        assert!(end.is_err());
    }
}
