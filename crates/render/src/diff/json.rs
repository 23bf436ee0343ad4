//! The difference as `seatrial.diff/1`.

use std::io::{self, Write};

use seatrial_report::diff::Diff;

use crate::Options;

pub fn write(diff: &Diff, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, diff)?;
    writeln!(out)
}
