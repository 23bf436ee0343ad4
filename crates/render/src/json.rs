//! The report as JSON, schema `seatrial.report/1`.

use std::io::{self, Write};

use seatrial_report::Report;

use crate::Options;

pub fn write(report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
