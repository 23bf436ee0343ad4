//! Object metadata and how objects are named.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::text::{Labels, Text};

/// `metadata` without what nothing reasons about (managed fields, resource version).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    /// Name; empty where only `generateName` is set.
    pub name: Text,
    /// Prefix of a generated name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate_name: Option<Text>,
    /// Namespace as written; `None` where the document leaves it to `kubectl -n`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Text>,
    /// Unique id; only objects that come from an API server have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<Text>,
    /// Labels.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub labels: Labels,
    /// Annotations with secrets masked, without `kubectl.kubernetes.io/last-applied-configuration`, which repeats the object, secrets included.
    #[serde(skip_serializing_if = "Labels::is_empty", deserialize_with = "annotations")]
    pub annotations: Labels,
    /// Owners.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owner_references: Vec<OwnerReference>,
    /// When the API server stored it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_timestamp: Option<Timestamp>,
    /// When its deletion was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_timestamp: Option<Timestamp>,
    /// Generation of the spec.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
    /// Finalizers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finalizers: Vec<Text>,
}

/// An owner of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// API version of the owner.
    pub api_version: Text,
    /// Kind of the owner.
    pub kind: Text,
    /// Name of the owner.
    pub name: Text,
    /// Unique id of the owner.
    pub uid: Text,
    /// Whether this owner manages the object.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub controller: bool,
}

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

pub(crate) fn annotations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Labels, D::Error> {
    let mut all = Labels::deserialize(deserializer)?;
    all.remove(LAST_APPLIED);
    let masked: Vec<(Text, Text)> =
        all.iter().filter_map(|(key, value)| Some((key.clone(), crate::secret_line::masked_annotation(key, value)?.into()))).collect();
    masked.into_iter().for_each(|(key, value)| all.insert(key, value));
    Ok(all)
}

impl Meta {
    /// The namespace that joins use: `default` where none is written.
    pub fn ns(&self) -> &str {
        self.namespace.as_deref().unwrap_or("default")
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(Text::as_str)
    }

    /// The value of an annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.get(key).map(Text::as_str)
    }

    /// The owner that manages the object.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|it| it.controller)
    }
}

/// Which object: the identity that findings carry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectRef {
    /// API version as written.
    pub api_version: Text,
    /// Kind.
    pub kind: Text,
    /// Namespace as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Text>,
    /// Name.
    pub name: Text,
}

impl fmt::Display for ObjectRef {
    /// `Deployment shop/api`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(ns) => write!(f, "{} {}/{}", self.kind, ns, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}

/// Where a document was read: enough to find each of its fields again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// Index into [`crate::Snapshot::files`].
    pub file: u32,
    /// Byte offset of the document in the file.
    pub offset: u64,
    /// Length of the document in bytes.
    pub len: u64,
    /// Line of its first byte, 1-based; 0 where there is no text, see [`Origin::api`].
    pub line: u32,
    /// Column of its first byte, 1-based, in characters.
    pub column: u32,
    /// Which document of the file, 0-based; for the items of a List the number of the List's document.
    pub document: u32,
    /// Which item of a List.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
}

impl Origin {
    /// Where an object was read from an API server: the resource is known, and there is no text.
    pub fn api(file: u32) -> Self {
        Self { file, offset: 0, len: 0, line: 0, column: 0, document: 0, item: None }
    }

    /// Whether there is no text behind it, see [`Origin::api`].
    pub fn is_api(self) -> bool {
        self.line == 0
    }
}

/// An object with its identity and origin. Dereferences to its own fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Object<T> {
    /// API version as written.
    pub api_version: Text,
    /// Kind.
    pub kind: Text,
    /// Metadata.
    pub meta: Meta,
    /// Where it was read; `None` for what stands for no object of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The kind's own fields.
    pub it: T,
}

impl<T> std::ops::Deref for Object<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.it
    }
}

/// The untyped face of an object: what a finding needs to point at it.
#[derive(Clone, Copy, Debug)]
pub struct Handle<'a> {
    /// API version as written.
    pub api_version: &'a Text,
    /// Kind.
    pub kind: &'a Text,
    /// Metadata.
    pub meta: &'a Meta,
    /// Where it was read.
    pub origin: Option<Origin>,
}

impl<T> Object<T> {
    /// The untyped face.
    pub fn handle(&self) -> Handle<'_> {
        Handle { api_version: &self.api_version, kind: &self.kind, meta: &self.meta, origin: self.origin }
    }

    /// The identity.
    pub fn object_ref(&self) -> ObjectRef {
        self.handle().object_ref()
    }
}

impl Handle<'_> {
    /// The identity.
    pub fn object_ref(&self) -> ObjectRef {
        ObjectRef {
            api_version: self.api_version.clone(),
            kind: self.kind.clone(),
            namespace: self.meta.namespace.clone(),
            name: if self.meta.name.is_empty() { self.meta.generate_name.clone().unwrap_or_default() } else { self.meta.name.clone() },
        }
    }
}

impl<'a, T> From<&'a Object<T>> for Handle<'a> {
    fn from(it: &'a Object<T>) -> Self {
        it.handle()
    }
}

impl fmt::Display for Handle<'_> {
    /// `Deployment shop/api`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.object_ref(), f)
    }
}

impl<T> fmt::Display for Object<T> {
    /// `Deployment shop/api`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.handle(), f)
    }
}
