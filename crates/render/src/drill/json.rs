//! The answer as JSON, schema `seatrial.drill/1`.

use std::io::{self, Write};

use seatrial_report::drill::Answer;

use super::Options;

pub fn write(answer: &Answer, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, answer)?;
    writeln!(out)
}
