//! A stream cut into lines: numbered, limited, each read as what it must be.

use std::io::{self, BufRead, Read};

use serde::Deserialize;

use crate::error::Error;

/// The longest line: as long as the largest object that a dump may hold.
const LONGEST_LINE: u64 = 256 << 20;
/// The most that a file may unpack to, about 3,000,000 pods: a few bytes of zstd can unpack to any size.
const LARGEST: u64 = 4 << 30;

/// The lines of a recording.
pub struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    /// Whole lines that were read.
    line: u64,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    pub fn new(source: R) -> Self {
        Self { source, buffer: Vec::new(), line: 0, bytes: 0 }
    }

    /// Number of the last line that was read.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next line as a `T`; `missing` says what is not there where the file ends.
    pub fn item<T: for<'a> Deserialize<'a>>(&mut self, missing: impl FnOnce() -> String) -> Result<T, Error> {
        self.text(missing)?;
        serde_json::from_slice(&self.buffer).map_err(|error| self.damaged(error.to_string()))
    }

    /// The next line as it is.
    pub fn text(&mut self, missing: impl FnOnce() -> String) -> Result<&[u8], Error> {
        match self.advance()? {
            true => Ok(&self.buffer),
            false => Err(Error::Truncated { line: self.line, missing: missing() }),
        }
    }

    /// Whether nothing follows.
    pub fn is_at_end(&mut self) -> Result<bool, Error> {
        Ok(!self.advance()?)
    }

    pub fn damaged(&self, reason: impl Into<String>) -> Error {
        Error::Damaged { line: self.line, reason: reason.into() }
    }

    /// Takes the next line into the buffer; whether there was one.
    fn advance(&mut self) -> Result<bool, Error> {
        self.buffer.clear();
        let read = self.source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.buffer).map_err(|error| self.failed(error))?;
        self.bytes += read as u64;
        if self.bytes > LARGEST {
            return Err(Error::TooLarge { line: self.line + 1, limit: format!("{} GiB unpacked", LARGEST >> 30) });
        }
        if read == 0 {
            return Ok(false);
        }
        if self.buffer.pop() != Some(b'\n') {
            return Err(match read as u64 == LONGEST_LINE {
                true => Error::TooLarge { line: self.line + 1, limit: format!("{} MiB a line", LONGEST_LINE >> 20) },
                false => Error::Truncated { line: self.line, missing: "the rest of the next line is not there".to_owned() },
            });
        }
        self.line += 1;
        Ok(true)
    }

    fn failed(&self, error: io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::Truncated { line: self.line, missing: "the rest of the file is not there".to_owned() },
            // What zstd's decoder says of bytes that are not its own.
            io::ErrorKind::Other => Error::Damaged { line: self.line + 1, reason: error.to_string() },
            _ => Error::Source(error),
        }
    }
}
