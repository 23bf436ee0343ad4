//! One file per output format. Formats know a [`Report`], or the answer of drills, and nothing else.

pub mod diff;

use std::io::{self, Write};

use seatrial_report::{OWN_TABLE, Report, RowResult};

pub mod drill;
mod paint;

/// Registers the formats: one identifier a line, equal to the file's name and to the name users give.
macro_rules! formats {
    ($($file:ident),* $(,)?) => {
        $(mod $file;)*
        /// Every format.
        pub const FORMATS: &[Format] = &[$(Format { name: stringify!($file), write: $file::write }),*];
    };
}

formats! {
    csv,
    github,
    html,
    human,
    json,
    junit,
    markdown,
    sarif,
}

/// An output format.
pub struct Format {
    /// What users call it.
    pub name: &'static str,
    /// Writes a report.
    pub write: fn(&Report, &Options, &mut dyn Write) -> io::Result<()>,
}

/// How a report is shown to people; formats for programs take no notice.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Colours and bold type.
    pub styled: bool,
    /// Findings shown in full before the rest is counted; `None` for all.
    pub most_findings: Option<usize>,
    /// Whether rows that pass or do not apply, and checks that could not be assessed, are listed one by one.
    pub verbose: bool,
}

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|it| it.name == name)
}

/// Whether a row stands in one of the tables that answer "am I ready for production?".
fn is_checklist(row: &RowResult) -> bool {
    row.table == OWN_TABLE || matches!(row.table.as_str(), "Infrastructure" | "Security" | "Reliability" | "Observability" | "Operations" | "Common Pitfalls")
}
