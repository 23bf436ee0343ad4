//! The one input of every analysis.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::cluster::Cluster;
use crate::gap::Gap;
use crate::meta::{ObjectRef, Origin};
use crate::need::Need;
use crate::path::Path;
use crate::version::Version;

/// Objects, account facts, what was not read, and where everything came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// When, from what and by what it was taken.
    pub meta: SnapshotMeta,
    /// Kubernetes objects.
    pub cluster: Cluster,
    /// AWS facts.
    pub account: Account,
    /// Kubernetes lists that were not read. Gaps of AWS facts stand in [`Account`].
    pub gaps: BTreeMap<Need, Gap>,
    /// Lists that were read, be they empty.
    pub listed: BTreeSet<Need>,
    /// Files that objects were read from; [`Origin::file`] counts into it.
    pub files: Vec<SourceFile>,
    /// What the API server would refuse, found while reading.
    pub problems: Vec<Problem>,
    /// What could not be read at all.
    pub unread: Vec<Unread>,
    /// Suppressions written beside the objects.
    pub ignores: Vec<InlineIgnore>,
    /// How much was read.
    pub tally: Tally,
}

/// When, from what and by what a snapshot was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotMeta {
    /// "Now" for every analysis.
    pub taken_at: Timestamp,
    /// Manifests or a whole cluster.
    pub scope: Scope,
    /// The API server's version, when it is known.
    pub server_version: Option<Version>,
    /// Version of this program.
    pub tool_version: String,
    /// The only namespaces whose objects were read; empty where all were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<crate::text::Text>,
}

/// What a snapshot can be expected to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// Documents meant to be applied: no nodes, no running pods, no account. What is absent was not written.
    Manifests,
    /// Objects out of an API server. What is absent may not have been listed: see the gaps.
    Cluster,
}

/// A file, what a renderer made of one, or a resource of an API server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceFile {
    /// Path as the user wrote it or as it was found below what the user wrote; `-` for standard input. For a resource of an API server the path of
    /// one object, with `{namespace}` and `{name}` in their places.
    pub path: String,
    /// For rendered text: the chart or Kustomize root it was rendered from.
    pub rendered_from: Option<RenderedFrom>,
}

/// What rendered a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenderedFrom {
    /// `helm` or `kustomize`.
    pub tool: String,
    /// The chart or the root.
    pub root: String,
}

/// Something that the API server refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Which object.
    pub object: ObjectRef,
    /// Where it was read.
    pub origin: Origin,
    /// The field, or the closest block around a missing one.
    pub path: Path,
    /// What kind of refusal.
    pub kind: ProblemKind,
    /// In words: what is wrong with the field.
    pub message: String,
}

/// Kinds of refusal, in the order in which the API server finds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProblemKind {
    /// The document itself is not well-formed for Kubernetes (duplicate keys).
    DuplicateKey,
    /// The version does not serve this API.
    NotServed,
    /// A field that the kind does not have.
    UnknownField,
    /// A value of the wrong type.
    WrongType,
    /// A required field is absent.
    Missing,
    /// A value that validation refuses.
    Refused,
}

/// A document or a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// The file.
    pub file: String,
    /// 1-based line, 0 where the whole file is meant.
    pub line: u32,
    /// 1-based column, 0 where it is not known.
    pub column: u32,
    /// Why.
    pub reason: String,
}

impl Unread {
    /// The place as it is written: the file, and line and column where they are known.
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (0, _) => self.file.clone(),
            (line, 0) => format!("{}:{line}", self.file),
            (line, column) => format!("{}:{line}:{column}", self.file),
        }
    }
}

/// A suppression written in a comment or an annotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InlineIgnore {
    /// The file.
    pub file: u32,
    /// Line of the comment.
    pub line: u32,
    /// Lines it covers, first and last; a comment at the head of a document covers all of it.
    pub covers: (u32, u32),
    /// Check ids.
    pub checks: Vec<String>,
    /// Why; empty is a finding.
    pub reason: String,
}

/// How much was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Files.
    pub files: u64,
    /// Documents.
    pub documents: u64,
    /// Objects.
    pub objects: u64,
    /// Documents that are not Kubernetes objects (values files, workflows) and were left alone.
    pub other_documents: u64,
    /// Files that a kustomization uses as patches.
    pub patches: u64,
}

impl Snapshot {
    /// A snapshot that holds nothing yet.
    pub fn empty(scope: Scope, taken_at: Timestamp) -> Self {
        Self {
            meta: SnapshotMeta { taken_at, scope, server_version: None, tool_version: env!("CARGO_PKG_VERSION").to_owned(), namespaces: Vec::new() },
            cluster: Cluster::default(),
            account: Account::default(),
            gaps: BTreeMap::new(),
            listed: BTreeSet::new(),
            files: Vec::new(),
            problems: Vec::new(),
            unread: Vec::new(),
            ignores: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// The API path of an object that was read from an API server, such as `/apis/apps/v1/namespaces/shop/deployments/api`; none for text.
    pub fn api_path(&self, origin: Origin, object: &ObjectRef) -> Option<String> {
        let template = &self.files.get(origin.file as usize).filter(|_| origin.is_api())?.path;
        Some(template.replace("{namespace}", object.namespace.as_deref().unwrap_or("default")).replace("{name}", &object.name))
    }

    /// Whether `need` was collected; its gap if not.
    pub fn has(&self, need: Need) -> Result<(), &Gap> {
        match self.gaps.get(&need).or_else(|| self.account.gap(need)) {
            Some(gap) => Err(gap),
            None => Ok(()),
        }
    }

    /// Writes down a gap for each list that this kind of source does not hold.
    ///
    /// Manifests never hold what only lives in a cluster; a dump may have left out whatever it has no object of.
    pub fn note_gaps(&mut self) {
        for &need in Need::ALL {
            if need.is_aws()
                || self.is_told(need)
                || self.cluster.count(need) > 0
                || self.listed.contains(&need)
                || self.gaps.contains_key(&need)
                || self.is_not_installed(need)
            {
                continue;
            }
            let Some((why, remedy)) = self.why_absent(need) else { continue };
            self.gaps.insert(need, Gap { what: need.name().to_owned(), why, remedy });
        }
    }

    /// Whether it is a measurement of the running cluster that was taken; those stand beside the account's facts.
    fn is_told(&self, need: Need) -> bool {
        matches!(need, Need::DeprecatedCalls | Need::VolumeUsage) && self.account.gap(need).is_none()
    }

    /// Whether the definitions that were read show that the cluster does not know the kind at all.
    fn is_not_installed(&self, need: Need) -> bool {
        let Some(group) = need.extension_group() else { return false };
        let definitions = &self.cluster.custom_resource_definitions;
        let known = !definitions.is_empty() || self.listed.contains(&Need::CustomResourceDefinitions);
        known && !definitions.iter().any(|it| it.spec.group == group)
    }

    fn why_absent(&self, need: Need) -> Option<(String, String)> {
        let name = need.name();
        match (self.meta.scope, need) {
            (_, Need::ServerVersion) => self
                .meta
                .server_version
                .is_none()
                .then(|| ("the inputs do not tell it".to_owned(), "say `--target-version`, or run against the live cluster".to_owned())),
            (_, Need::Usage | Need::VolumeUsage | Need::DeprecatedCalls) => {
                Some(("only a live cluster tells it".to_owned(), "run `seatrial check` against the live cluster".to_owned()))
            }
            (Scope::Manifests, need) if need.is_live() => {
                Some((format!("manifests hold no {name}"), format!("run against the live cluster, or add a dump: kubectl get {name} -A -o json > dump.json")))
            }
            (Scope::Manifests, _) => None,
            (Scope::Cluster, _) => Some((
                format!("the dump holds no {name}: there may be none, or they were not listed"),
                format!("add them: kubectl get {name} -A -o json > {name}.json (an empty list counts as read)"),
            )),
        }
    }
}
