//! A [`Snapshot`] in one file: JSON lines, compressed, the same bytes for the same snapshot.
//!
//! A file begins with its schema in plain text (a frame that zstd's own tools skip, so that `zstd -dc x.trial` shows the lines), then one zstd
//! frame follows with a checksum. Its first line repeats the schema, each part says how many lines it has, and the last line says that it is the last:
//! a file that was cut off or changed is an error and never a smaller cluster. Secrets have no values in the model and so none here.

mod error;
mod leaves;
mod lines;
mod read;
mod table;
mod write;

use seatrial_model::{Origin, Path, Snapshot, Version};
use seatrial_report::Location;
use serde::{Deserialize, Serialize};

pub use error::Error;
pub use read::{is_recording, read};
pub use write::write;

/// Name of the format, without its version.
const FORMAT: &str = "seatrial.recording/";
/// The version that is written, and the newest that is read. It grows when a reader of the old one would misunderstand the new one;
/// new kinds and new account facts do not: what an older file lacks becomes a gap.
const VERSION: u32 = 1;
/// zstd reserves sixteen magic numbers for frames that its decoders skip; this is the one before a recording.
const SKIPPABLE: [u8; 4] = [0x5a, 0x2a, 0x4d, 0x18];

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What was read.
    pub snapshot: Snapshot,
    /// The version that objects were judged for when their documents were read: it decides `snapshot.problems`.
    pub target: Version,
    /// How the inputs were taken, for the coverage line.
    pub notes: Vec<String>,
    /// Places in the texts that the objects were read from, as far as a check asked for them. The texts themselves are not recorded.
    pub places: Vec<KnownPlace>,
}

/// Where a field stands in a text that is not at hand any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownPlace {
    /// The document and the object in it.
    pub origin: Origin,
    /// The field.
    pub path: Path,
    /// The place, and the lines around it with secrets masked.
    pub location: Location,
    /// For rendered text: what it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<Explained>,
}

/// What is known of a place in rendered text besides where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// Kind of the object.
    pub kind: String,
    /// Name of the object.
    pub name: String,
    /// What it was rendered as.
    pub note: String,
    /// Where its value comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Location>,
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    schema: String,
    tool_version: String,
    target: Version,
}

/// The line before each part's items, and with the name [`END`] the last line.
#[derive(Serialize, Deserialize)]
struct PartHead {
    part: String,
    items: u64,
}

/// Name of the part that ends a file.
const END: &str = "end";

/// Names of the parts that are not lists of the cluster.
mod part {
    pub const META: &str = "meta";
    pub const GAPS: &str = "gaps";
    pub const LISTED: &str = "listed";
    pub const FILES: &str = "files";
    pub const PROBLEMS: &str = "problems";
    pub const UNREAD: &str = "unread";
    pub const IGNORES: &str = "ignores";
    pub const TALLY: &str = "tally";
    pub const ACCOUNT: &str = "account";
    pub const POD_SPECS: &str = "podSpecs";
    pub const NOTES: &str = "notes";
    pub const PLACES: &str = "places";
    /// Those without which there is no snapshot.
    pub const REQUIRED: [&str; 11] = [META, GAPS, LISTED, FILES, PROBLEMS, UNREAD, IGNORES, TALLY, ACCOUNT, NOTES, PLACES];
}
