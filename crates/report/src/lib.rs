//! The one vocabulary of results. Formats, pages and exit codes know only these types.

pub mod diff;
pub mod drill;

use serde::{Deserialize, Serialize};

/// The name and version of the JSON form.
pub const SCHEMA: &str = "seatrial.report/1";

/// The table of rows that are the user's own rules.
pub const OWN_TABLE: &str = "Your rules";

/// Everything that one run of `check` found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The guide's rows with their verdicts, in the guide's order.
    pub rows: Vec<RowResult>,
    /// What was found, worst first; ignored findings are among them.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub coverage: Coverage,
    /// What the checks that found something say of themselves, by id.
    #[serde(default)]
    pub cards: Vec<CheckCard>,
}

/// What a check says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckCard {
    /// Its id.
    pub check: String,
    /// The problem in a few words.
    pub title: String,
    /// What happens to users when it is left alone.
    pub why: String,
    /// How to see it by hand.
    pub verify: String,
    /// Documents behind it.
    pub sources: Vec<String>,
}

/// One row of the guide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowResult {
    /// Id of the row, such as `reliability/pod-disruption-budgets`.
    pub row: String,
    /// The guide's table, such as `Reliability`.
    pub table: String,
    /// The guide's words for the item.
    pub title: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Ids of the checks behind it, those that failed first.
    pub checks: Vec<String>,
    /// Why, in one line.
    pub reason: String,
    /// The guide's own way to verify the row by hand.
    pub verify: String,
}

/// A verdict. Unknown is never a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Something stands against it.
    Fail,
    /// Not enough evidence.
    Unknown,
    /// Looked at, and nothing stands against it.
    Pass,
    /// Nothing among the inputs that it applies to.
    Na,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The API server or a controller refuses it, or it cannot work.
    Error,
    /// An outage, a leak or data loss waits here.
    High,
    /// It hurts on a bad day.
    Medium,
    /// Worth mending.
    Low,
}

/// How sure a finding is, apart from how bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Follows from the inputs.
    High,
    /// Follows unless something outside the inputs says otherwise.
    Medium,
    /// A hint.
    Low,
}

/// One thing that stands against a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Id of the check.
    pub check: String,
    /// Id of the row it stands against first.
    pub row: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Which object.
    pub object: ObjectId,
    /// Fact, subject and consequence in one line.
    pub message: String,
    /// Where: the primary place first, then the other ends.
    pub locations: Vec<Location>,
    /// The facts behind it.
    pub evidence: Vec<String>,
    /// How to mend it.
    pub fix: Fix,
    /// Stable over moves and line changes: made of check, object and path.
    pub fingerprint: String,
    /// Why it does not count, if it is ignored.
    pub ignored: Option<Ignored>,
}

/// The object of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectId {
    /// API version.
    pub api_version: String,
    /// Kind.
    pub kind: String,
    /// Namespace, where one is written.
    pub namespace: Option<String>,
    /// Name.
    pub name: String,
    /// The container, where the finding is of one.
    pub container: Option<String>,
}

/// A place in a file, or in the API where the file is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The file; for objects from an API their API path.
    pub file: String,
    /// 1-based line, 0 where there is no text.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column after the end.
    pub end_column: u32,
    /// The field's path in the object.
    pub path: String,
    /// Primary, or the other end of a relation.
    pub role: Role,
    /// What is to be seen there.
    pub note: Option<String>,
    /// Set when the place is inferred and not proved (a template or a values key behind rendered text).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
    /// The text around the place, for code frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<Snippet>,
}

/// A few lines of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Snippet {
    /// Line number of the first line.
    pub first_line: u32,
    /// The lines, secrets masked.
    pub text: String,
}

/// Which end of a relation a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Where the finding sits.
    Primary,
    /// Another object or field that makes it one.
    Related,
}

/// How to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// Whether `--fix` mends it, and how carefully it has to be looked at.
    pub safety: Safety,
    /// What to do.
    pub description: String,
}

/// How far an automatic fix can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Does not change what runs, only how well it is guarded.
    Safe,
    /// Changes behaviour: `--unsafe-fixes`.
    Unsafe,
    /// By hand only.
    Manual,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ignored {
    /// The reason that was given.
    pub reason: String,
    /// Where it was given: a comment's place, an annotation, the configuration, the baseline.
    pub source: String,
}

/// What was looked at, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Files read.
    pub files: u64,
    /// Documents read.
    pub documents: u64,
    /// Objects read.
    pub objects: u64,
    /// Objects by kind.
    pub kinds: std::collections::BTreeMap<String, u64>,
    /// What could not be read.
    pub unread: Vec<UnreadPlace>,
    /// Checks that ran and that could not.
    pub checks: CheckCounts,
    /// Notes on how the inputs were taken (patches, charts, platform namespaces).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnreadPlace {
    /// The file.
    pub file: String,
    /// 1-based line, 0 for the whole file.
    pub line: u32,
    /// 1-based column, 0 where it is not known.
    #[serde(default)]
    pub column: u32,
    /// Why.
    pub reason: String,
}

impl UnreadPlace {
    /// The place as it is written: the file, and line and column where they are known.
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (0, _) => self.file.clone(),
            (line, 0) => format!("{}:{line}", self.file),
            (line, column) => format!("{}:{line}:{column}", self.file),
        }
    }
}

/// How many checks ran, and which could not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckCounts {
    /// Checks that were assessed.
    pub run: u64,
    /// Checks that could not be assessed.
    pub unknown: Vec<UnknownCheck>,
}

/// A check that could not be assessed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnknownCheck {
    /// Id of the check.
    pub check: String,
    /// Why.
    pub reason: String,
    /// What the user can do.
    pub remedy: String,
}

impl Report {
    /// Findings that count.
    pub fn counting(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|it| it.ignored.is_none())
    }

    /// How many rows have this verdict.
    pub fn rows_with(&self, verdict: Verdict) -> usize {
        self.rows.iter().filter(|it| it.verdict == verdict).count()
    }
}

impl Verdict {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Unknown => "UNKNOWN",
            Self::Na => "N/A",
        }
    }
}

impl Severity {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl std::fmt::Display for ObjectId {
    /// `Deployment shop/api`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.namespace {
            Some(ns) => write!(f, "{} {}/{}", self.kind, ns, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}
