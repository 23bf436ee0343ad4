//! The answer of rehearsals in every format. Formats know an [`Answer`] and nothing else.

use std::io::{self, Write};

use seatrial_report::drill::{Answer, Drill, Verdict};

mod chart;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod sarif;
mod svg;
mod terminal_picture;

/// How an answer is shown to people; formats for programs take no notice.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Colours and bold type.
    pub styled: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Every drill in full.
    pub all: bool,
    /// Source of the objects: file and line by `Kind namespace/name`.
    pub places: Vec<(String, String, u32)>,
}

/// An output format.
pub struct Format {
    /// What users call it.
    pub name: &'static str,
    /// Writes an answer.
    pub write: fn(&Answer, &Options, &mut dyn Write) -> io::Result<()>,
}

/// Every format.
pub const FORMATS: &[Format] = &[
    Format { name: "html", write: html::write },
    Format { name: "human", write: human::write },
    Format { name: "json", write: json::write },
    Format { name: "junit", write: junit::write },
    Format { name: "markdown", write: markdown::write },
    Format { name: "sarif", write: sarif::write },
];

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|it| it.name == name)
}

/// The answer to all rehearsals in one sentence.
fn headline(answer: &Answer) -> String {
    if let Some(it) = &answer.compared {
        return it.summary.clone();
    }
    match answer.drills.as_slice() {
        [] => "Nothing was rehearsed".to_owned(),
        [one] => one.summary.clone(),
        many => {
            let bad = many.iter().filter(|it| it.verdict < Verdict::Unknown).count();
            let open = many.iter().filter(|it| it.verdict == Verdict::Unknown).count();
            let tail = if open > 0 { format!("; {open} could not be answered") } else { String::new() };
            match bad {
                0 if open == 0 => format!("All {} rehearsals are survived", many.len()),
                0 => format!("{} of {} rehearsals are survived{tail}", many.len() - open, many.len()),
                _ => format!("{bad} of {} rehearsals are not survived{tail}", many.len()),
            }
        }
    }
}

/// Drills by their id, the worst group first; within a group as they come, which is worst first.
fn groups(answer: &Answer) -> Vec<(&str, Vec<&Drill>)> {
    let mut groups: Vec<(&str, Vec<&Drill>)> = Vec::new();
    for it in &answer.drills {
        match groups.iter_mut().find(|group| group.0 == it.drill) {
            Some(group) => group.1.push(it),
            None => groups.push((&it.drill, vec![it])),
        }
    }
    groups
}

/// `4:06` for tables.
fn clock(it: f64) -> String {
    let whole = it.floor() as i64;
    if whole >= 3600 { format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60) } else { format!("{}:{:02}", whole / 60, whole % 60) }
}
