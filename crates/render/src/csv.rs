//! Findings as comma-separated values, one a line.

use std::io::{self, Write};

use seatrial_report::{Location, Report};

use crate::Options;

pub fn write(report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "severity,confidence,check,row,kind,namespace,name,container,message,file,line,column,path,fix,fingerprint,ignored")?;
    for it in &report.findings {
        let nowhere = String::new();
        let place: Option<&Location> = it.locations.first();
        let number = |n: Option<u32>| n.filter(|it| *it > 0).map(|it| it.to_string()).unwrap_or_default();
        let confidence = format!("{:?}", it.confidence).to_lowercase();
        let fields = [
            it.severity.word(),
            &confidence,
            &it.check,
            &it.row,
            &it.object.kind,
            it.object.namespace.as_deref().unwrap_or(""),
            &it.object.name,
            it.object.container.as_deref().unwrap_or(""),
            &it.message,
            place.map_or(&nowhere, |it| &it.file),
            &number(place.map(|it| it.line)),
            &number(place.map(|it| it.column)),
            place.map_or(&nowhere, |it| &it.path),
            &it.fix.description,
            &it.fingerprint,
            it.ignored.as_ref().map_or("", |it| it.reason.as_str()),
        ];
        writeln!(out, "{}", fields.map(quoted).join(","))?;
    }
    Ok(())
}

/// RFC 4180 quoting; a leading sign is kept from being read as a formula by spreadsheets.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@']);
    if formula || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
