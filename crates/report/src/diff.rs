//! What changed between two snapshots: the result of `seatrial diff`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ObjectId, Severity, Verdict};

/// The name and version of the JSON form.
pub const SCHEMA: &str = "seatrial.diff/1";

/// Everything that differs. What comes and goes by itself is folded: pods into their owner, nodes into their group, the rest into counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The earlier one.
    pub before: Side,
    /// The later one.
    pub after: Side,
    /// Rows of the guide whose verdict changed, in the guide's order.
    pub rows: Vec<RowChange>,
    /// Findings that came, went, or became worse or milder; worst first.
    pub findings: Vec<FindingChange>,
    /// Objects, by kind, namespace and name.
    pub objects: Vec<ObjectChange>,
    /// Pods by what owns them, nodes by their group.
    pub groups: Vec<GroupChange>,
    /// Facts of the AWS account.
    pub account: Vec<FactChange>,
    /// What was read on one side only. Nothing is said to be gone that was not looked for.
    pub evidence: Vec<EvidenceChange>,
    /// How many differences were left out, by what they are. They alone do not make two snapshots different.
    pub folded: BTreeMap<String, u64>,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    /// What the user called it.
    pub name: String,
    /// When it was taken, as RFC 3339.
    pub taken_at: String,
    /// Objects in it.
    pub objects: u64,
    /// Places that could not be read.
    pub unread: Vec<String>,
}

/// A row of the guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RowChange {
    /// Id of the row.
    pub row: String,
    /// The guide's table.
    pub table: String,
    /// The guide's words for the item.
    pub title: String,
    /// The verdict before.
    pub before: Verdict,
    /// The verdict after.
    pub after: Verdict,
    /// Why it is so now.
    pub reason: String,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingChange {
    /// What became of it.
    pub change: FindingFate,
    /// Id of the check.
    pub check: String,
    /// How bad it is, or was.
    pub severity: Severity,
    /// How bad it was before, where that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity_before: Option<Severity>,
    /// Which object.
    pub object: ObjectId,
    /// Fact, subject and consequence in one line.
    pub message: String,
    /// The report's fingerprint of it.
    pub fingerprint: String,
}

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FindingFate {
    /// It was not there before, though it was looked for.
    New,
    /// More severe than before.
    Worse,
    /// It is there, and before it could not have been seen.
    FirstSeen,
    /// It was there, and now it cannot be seen whether it still is.
    OutOfSight,
    /// Less severe than before.
    Milder,
    /// It is not there any more.
    Gone,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
    /// It was deleted and made anew; fields that differ are listed.
    Recreated,
    /// Fields differ.
    Changed,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectChange {
    /// What became of it.
    pub change: Change,
    /// Which object.
    pub object: ObjectId,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
}

/// A field. Quantities are compared as amounts, lists by their elements' names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// The field, such as `spec.template.spec.containers[api].image`.
    pub path: String,
    /// What it was, `null` where it was absent; blocks as JSON.
    pub before: Option<String>,
    /// What it is, `null` where it is absent.
    pub after: Option<String>,
}

/// Objects that come and go: pods of an owner, nodes of a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupChange {
    /// `Pod` or `Node`.
    pub kind: String,
    /// The owner, such as `Deployment shop/api`, or the node group.
    pub of: String,
    /// How many there were.
    pub before: u64,
    /// How many there are.
    pub after: u64,
    /// How many of them were not ready.
    pub unready_before: u64,
    /// How many of them are not ready.
    pub unready_after: u64,
    /// Restarts of containers since, as far as the pods are the same.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub restarts: u64,
    /// Values that differ among the members, such as the kubelet's version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
}

fn is_zero(it: &u64) -> bool {
    *it == 0
}

/// A fact of the AWS account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FactChange {
    /// What became of it.
    pub change: Change,
    /// Which list, such as `managed node groups`.
    pub fact: String,
    /// Which of them; empty where there is only one.
    pub name: String,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
}

/// Something that was read on one side only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceChange {
    /// What was to be read, such as `nodes`.
    pub what: String,
    /// Why it was not read before; `null` where it was.
    pub missing_before: Option<String>,
    /// Why it was not read after; `null` where it was.
    pub missing_after: Option<String>,
}

impl Diff {
    /// Whether nothing differs, apart from what comes and goes by itself.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
            && self.findings.is_empty()
            && self.objects.is_empty()
            && self.groups.is_empty()
            && self.account.is_empty()
            && self.evidence.is_empty()
    }
}

impl RowChange {
    /// Whether the row is further from PASS than it was.
    pub fn is_worse(&self) -> bool {
        let rank = |it| match it {
            Verdict::Pass | Verdict::Na => 0,
            Verdict::Unknown => 1,
            Verdict::Fail => 2,
        };
        rank(self.after) > rank(self.before)
    }
}

impl FindingFate {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Worse => "worse",
            Self::FirstSeen => "seen for the first time",
            Self::OutOfSight => "not assessed any more",
            Self::Milder => "milder",
            Self::Gone => "gone",
        }
    }

    /// Whether there is more to mend than before.
    pub fn is_worse(self) -> bool {
        matches!(self, Self::New | Self::Worse | Self::FirstSeen)
    }
}

impl Change {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Recreated => "recreated",
            Self::Changed => "changed",
        }
    }

    /// The sign before its line.
    pub fn sign(self) -> char {
        match self {
            Self::Added => '+',
            Self::Removed => '-',
            Self::Recreated | Self::Changed => '~',
        }
    }
}
