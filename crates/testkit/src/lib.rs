//! Fixtures: YAML text to a Snapshot, for tests.

use seatrial_manifest::places::Document;
use seatrial_manifest::read::{FileRef, Options, read_yaml};
use seatrial_manifest::tree::Span;
use seatrial_model::{Origin, Path, Scope, Snapshot, SourceFile, Version};

/// "Now" in fixtures that do not say otherwise.
pub const NOW: &str = "2026-11-24T12:00:00Z";

/// A fixture's text and the snapshot it describes.
pub struct Fixture {
    /// The text.
    pub text: String,
    /// What it holds.
    pub snapshot: Snapshot,
}

impl Fixture {
    /// Reads a fixture. A `seatrial.dev/v1alpha1` `Snapshot` document sets time, scope and version, an `Account` document the AWS facts.
    pub fn new(text: &str) -> Self {
        let now = NOW.parse().unwrap_or_default();
        let mut snapshot = Snapshot::empty(Scope::Manifests, now);
        snapshot.files.push(SourceFile { path: "fixture.yaml".to_owned(), rendered_from: None });
        let mut options = Options::new(Version::minor(36));
        options.learn(text);
        let part = read_yaml(FileRef { id: 0, path: "fixture.yaml" }, text, &options);
        part.into_snapshot(&mut snapshot);
        Self { text: text.to_owned(), snapshot }
    }

    /// Where a field of the fixture stands.
    pub fn place(&self, origin: &Origin, path: &Path) -> Span {
        let from = usize::try_from(origin.offset).unwrap_or(0);
        let to = from + usize::try_from(origin.len).unwrap_or(0);
        Document::new(*origin, &self.text[from..to]).place(origin.item, path)
    }

    /// Lines (1-based) that a mark `#~ id` stands on, with the id.
    pub fn marks(&self) -> Vec<(u32, String)> {
        let mut found = Vec::new();
        for (at, line) in self.text.lines().enumerate() {
            for id in line.split("#~ ").skip(1).flat_map(|it| it.split(',')) {
                found.push((u32::try_from(at + 1).unwrap_or(u32::MAX), id.trim().to_owned()));
            }
        }
        found
    }
}
