//! A labelled case: what another tool says of a few files.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// One line of `verdicts.jsonl`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Case {
    /// The tool.
    pub tool: String,
    /// Its check; some tools call it a rule.
    #[serde(alias = "rule")]
    pub check: String,
    /// What the case is about.
    pub concepts: Vec<String>,
    /// Paths below the folder of the verdicts.
    pub files: Vec<String>,
    /// `pass`, `fail`, `warn`; `fixed`: the files are what the tool made of a bad one; `counts`: see `failed`; `names`: a good and a bad file;
    /// `aws`: an answer of an AWS API and no manifest.
    pub verdict: String,
    /// How many objects of all files the tool finds bad.
    pub failed: usize,
    /// The only objects that are judged, as `Kind.namespace.name`; empty for all.
    pub resources: Vec<String>,
}

impl Case {
    /// What the case is called in lists: its files.
    pub fn name(&self) -> String {
        self.files.join(" ")
    }

    /// The first of its concepts.
    pub fn concept(&self) -> &str {
        self.concepts.first().map_or("", |it| it)
    }

    /// Whether the tool finds something.
    pub fn is_bad(&self) -> bool {
        matches!(self.verdict.as_str(), "fail" | "warn")
    }
}

/// Every case of a folder.
pub fn read(folder: &Path) -> Result<Vec<Case>> {
    let path = folder.join("verdicts.jsonl");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    text.lines().enumerate().map(|(at, line)| serde_json::from_str(line).with_context(|| format!("{} line {}", path.display(), at + 1))).collect()
}
