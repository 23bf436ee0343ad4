//! What checks write down.

use seatrial_model::{Gap, Handle, Need, ObjectRef, Origin, Path, Text};
use seatrial_report::{Confidence, Severity};

use crate::Cx;

/// Where a check writes what it saw.
#[derive(Default)]
pub struct Findings {
    assessed: u64,
    drafts: Vec<Draft>,
    open: Option<Open>,
}

/// Why a subject could not be judged, and what would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Why.
    pub reason: String,
    /// What would help.
    pub remedy: String,
}

impl Open {
    /// Something was not read.
    pub(crate) fn of(gap: &Gap) -> Self {
        Self { reason: format!("{} not read: {}", gap.what, gap.why), remedy: gap.remedy.clone() }
    }
}

/// A finding before its places are looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The object.
    pub object: ObjectRef,
    /// Its annotations may hold suppressions; where it was read.
    pub origin: Option<Origin>,
    /// The field, or a missing field: the place is then the smallest block that should contain it.
    pub path: Path,
    /// The container, for a finding of one.
    pub container: Option<Text>,
    /// Fact, subject and consequence in one line.
    pub message: String,
    /// Other ends of the relation.
    pub related: Vec<Related>,
    /// The facts behind it.
    pub evidence: Vec<String>,
    /// Set where the finding is worse or milder than its check.
    pub severity: Option<Severity>,
    /// Set where the finding is more or less sure than its check.
    pub confidence: Option<Confidence>,
}

/// The other end of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The object.
    pub object: ObjectRef,
    /// Where it was read.
    pub origin: Option<Origin>,
    /// The field.
    pub path: Path,
    /// What is to be seen there.
    pub note: String,
}

impl Findings {
    /// Counts one subject that the check applies to. A check without a subject is N/A, with subjects and no finding it passes.
    pub fn assess(&mut self) {
        self.assessed += 1;
    }

    /// Writes down a finding on `object` at `path`; the subject counts as assessed.
    pub fn report<'h>(&mut self, object: impl Into<Handle<'h>>, path: impl Into<Path>, message: impl Into<String>) -> &mut Draft {
        let handle = object.into();
        self.drafts.push(Draft {
            object: handle.object_ref(),
            origin: handle.origin,
            path: path.into(),
            container: None,
            message: message.into(),
            related: Vec::new(),
            evidence: Vec::new(),
            severity: None,
            confidence: None,
        });
        self.assessed = self.assessed.max(1);
        let last = self.drafts.len() - 1;
        &mut self.drafts[last]
    }

    /// Writes down a finding on something that is no Kubernetes object: an AWS resource (kind such as `AWS LogGroup`).
    pub fn report_aws(&mut self, kind: &str, name: &str, message: impl Into<String>) -> &mut Draft {
        self.drafts.push(Draft {
            object: ObjectRef { api_version: "aws".into(), kind: kind.into(), namespace: None, name: name.into() },
            origin: None,
            path: Path::root(),
            container: None,
            message: message.into(),
            related: Vec::new(),
            evidence: Vec::new(),
            severity: None,
            confidence: None,
        });
        self.assessed = self.assessed.max(1);
        let last = self.drafts.len() - 1;
        &mut self.drafts[last]
    }

    /// Whether a subject cannot be judged because `need` was not read of a running cluster or its account; the check is then UNKNOWN for it.
    pub fn lacks(&mut self, cx: &Cx<'_>, need: Need) -> bool {
        let Some(gap) = cx.snapshot.has(need).err().filter(|_| cx.is_live()) else { return false };
        self.open.get_or_insert_with(|| Open::of(gap));
        true
    }

    /// Says that a subject cannot be judged although everything was read; the check is then UNKNOWN for it.
    pub fn undecided(&mut self, reason: impl Into<String>, remedy: impl Into<String>) {
        self.open.get_or_insert_with(|| Open { reason: reason.into(), remedy: remedy.into() });
    }

    /// Why some subject could not be judged.
    pub fn open(&self) -> Option<&Open> {
        self.open.as_ref()
    }

    /// How many subjects were assessed.
    pub fn assessed(&self) -> u64 {
        self.assessed
    }

    /// The findings.
    pub fn into_drafts(self) -> Vec<Draft> {
        self.drafts
    }
}

impl Draft {
    /// Names the container.
    pub fn container(&mut self, name: &Text) -> &mut Self {
        self.container = Some(name.clone());
        self
    }

    /// Shows the other end of the relation.
    pub fn related<'h>(&mut self, object: impl Into<Handle<'h>>, path: impl Into<Path>, note: impl Into<String>) -> &mut Self {
        let handle = object.into();
        self.related.push(Related { object: handle.object_ref(), origin: handle.origin, path: path.into(), note: note.into() });
        self
    }

    /// Adds a fact.
    pub fn evidence(&mut self, fact: impl Into<String>) -> &mut Self {
        self.evidence.push(fact.into());
        self
    }

    /// Says how bad this one is.
    pub fn severity(&mut self, it: Severity) -> &mut Self {
        self.severity = Some(it);
        self
    }

    /// Says how sure this one is.
    pub fn confidence(&mut self, it: Confidence) -> &mut Self {
        self.confidence = Some(it);
        self
    }
}
