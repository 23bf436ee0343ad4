//! Annotations for GitHub Actions: workflow commands on standard output.

use std::io::{self, Write};

use seatrial_report::{Report, Severity};

use crate::Options;

pub fn write(report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    for it in report.counting() {
        let command = match it.severity {
            Severity::Error | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low => "notice",
        };
        let place = it.locations.first().filter(|it| it.line > 0);
        let at = place.map(|it| format!(",file={},line={},endLine={},col={}", property(&it.file), it.line, it.end_line, it.column)).unwrap_or_default();
        writeln!(out, "::{command} title={}{at}::{}", property(&it.check), data(&format!("{}\n{}", it.message, it.fix.description)))?;
    }
    for it in &report.coverage.unread {
        writeln!(out, "::error title=unread,file={},line={}::{}", property(&it.file), it.line.max(1), data(&it.reason))?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
