//! Cutting values out of a stream of JSON.

use std::io::{self, Read};

use serde::Deserialize;

/// The largest single object that is read.
const LARGEST_OBJECT: usize = 256 << 20;
/// How many bytes that were worked off are kept before they are dropped.
const CONSUMED: usize = 1 << 20;

/// A value of the stream that may be an object.
pub(super) struct Item {
    pub(super) text: Vec<u8>,
    pub(super) offset: u64,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) index: Option<u32>,
    pub(super) document: u32,
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

/// Identity of a List, gathered from outside its items.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ListHead {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) metadata: ListMeta,
}

/// What a list of an API server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListMeta {
    /// The token of the next page; empty on the last one.
    #[serde(rename = "continue")]
    pub next: String,
    /// The state of the cluster that all pages show.
    pub resource_version: String,
}

/// Cuts values out of a stream of JSON without parsing them.
pub(super) struct Scanner<R> {
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
    pub(super) head: ListHead,
    /// Whether a List's items were seen, be they null.
    pub(super) saw_items: bool,
    pub(super) document: u32,
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
    pub(super) fn new(source: R) -> Self {
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
            saw_items: false,
            document: 0,
            index: 0,
        }
    }

    /// The next value that may be an object, or none at the end.
    pub(super) fn next_item(&mut self) -> io::Result<Result<Option<Item>, JsonError>> {
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
                        self.saw_items = true;
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
            b"\"metadata\"" => self.head.metadata = serde_json::from_slice(value).unwrap_or_default(),
            // Go writes a list without items so, now and then.
            b"\"items\"" => self.saw_items |= value == b"null",
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
        if self.at > CONSUMED {
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

    pub(super) fn error(&self, message: &str) -> JsonError {
        let column = (self.base + self.at as u64).saturating_sub(self.line_start) + 1;
        JsonError { line: self.line, column: u32::try_from(column).unwrap_or(u32::MAX), message: message.to_owned() }
    }
}
