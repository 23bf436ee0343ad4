//! Findings that were there before: a baseline file, or a git revision.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use seatrial_check::KnownFindings;
use seatrial_report::Report;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::source::Source;

const SCHEMA: &str = "seatrial.baseline/1";

/// A baseline file.
#[derive(Debug, Serialize, Deserialize)]
struct Baseline {
    schema: String,
    /// What each fingerprint is of, for people.
    findings: BTreeMap<String, String>,
}

/// Reads a baseline.
pub fn read(path: &Path) -> Result<KnownFindings, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let fail = |line: usize, column: usize, message: String| Error::Config { place: format!("{}:{line}:{column}", path.display()), message };
    let it: Baseline = serde_json::from_str(&text).map_err(|error| fail(error.line(), error.column(), error.to_string()))?;
    if it.schema != SCHEMA {
        return Err(fail(1, 1, format!("not a baseline: schema `{}` where `{SCHEMA}` was expected", it.schema)));
    }
    Ok(KnownFindings { source: path.display().to_string(), fingerprints: it.findings.into_keys().collect() })
}

/// Writes the findings that count as a baseline.
pub fn write(path: &Path, report: &Report) -> Result<(), Error> {
    let findings = report.counting().map(|it| (it.fingerprint.clone(), format!("{} {}", it.check, it.object))).collect();
    let text = serde_json::to_string_pretty(&Baseline { schema: SCHEMA.to_owned(), findings }).unwrap_or_default();
    std::fs::write(path, text + "\n").map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// The files of a git revision, written out to a folder that goes away with this value.
pub struct Revision {
    folder: PathBuf,
    name: String,
    /// The checkout's top folder.
    top: PathBuf,
}

impl Revision {
    /// Writes out the revision of the checkout that holds `paths`.
    pub fn check_out(name: &str, paths: &[String]) -> Result<Self, Error> {
        let near = paths.first().map_or(Path::new("."), |it| Path::new(it));
        let near = if near.is_dir() { near } else { near.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")) };
        let top = git(near, &["rev-parse", "--show-toplevel"], None)?;
        let folder = std::env::temp_dir().join(format!("seatrial-since-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        let revision = Self { folder, name: name.to_owned(), top: PathBuf::from(top.trim()) };
        // A private index keeps the user's own untouched.
        let index = revision.folder.join(".index");
        git(&revision.top, &["read-tree", &format!("{name}^{{tree}}")], Some(&index))?;
        let prefix = format!("--prefix={}/", revision.folder.display());
        git(&revision.top, &["checkout-index", "--all", "--force", &prefix], Some(&index))?;
        Ok(revision)
    }

    /// The same source in the revision: the paths that were there, with values files as they were.
    pub fn source(&self, now: &Source) -> Source {
        let mut then = Source { paths: self.paths(&now.paths), ..now.clone() };
        for it in &mut then.render.values {
            if let Some(path) = self.paths(&[it.display().to_string()]).pop() {
                *it = path.into();
            }
        }
        then
    }

    /// The same paths in the revision, those that were there.
    fn paths(&self, paths: &[String]) -> Vec<String> {
        let inside = |it: &String| {
            let full = Path::new(it).canonicalize().ok()?;
            let below = full.strip_prefix(self.top.canonicalize().ok()?).ok()?.to_owned();
            let there = self.folder.join(below);
            there.exists().then(|| there.display().to_string())
        };
        paths.iter().filter_map(inside).collect()
    }

    /// The findings of a report on the revision.
    pub fn known(&self, report: &Report) -> KnownFindings {
        let fingerprints: BTreeSet<String> = report.findings.iter().map(|it| it.fingerprint.clone()).collect();
        KnownFindings { source: format!("git revision {}", self.name), fingerprints }
    }
}

impl Drop for Revision {
    fn drop(&mut self) {
        // Best effort: what is left behind stands in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn git(folder: &Path, arguments: &[&str], index: Option<&Path>) -> Result<String, Error> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    if let Some(it) = index {
        command.env("GIT_INDEX_FILE", it);
    }
    let fail = |message: String| Error::Command { command: format!("git {}", arguments.join(" ")), message };
    let output = command.output().map_err(|error| fail(error.to_string()))?;
    if !output.status.success() {
        return Err(fail(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
