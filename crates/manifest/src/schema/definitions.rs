//! Kinds that the inputs themselves define.

use std::collections::BTreeMap;
use std::sync::Arc;

use seatrial_facts::schema::{Set, TypeId};

use crate::schema::Structural;
use crate::tree::{NodeId, Tree};

/// The custom resources of the CustomResourceDefinitions among the inputs.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    by_api: BTreeMap<String, BTreeMap<String, Defined>>,
}

/// One kind in one version.
#[derive(Clone, Debug)]
pub struct Defined {
    types: Option<(Arc<Set>, TypeId)>,
    served: bool,
    namespaced: bool,
}

impl Defined {
    /// Its types, where the definition tells them.
    pub fn types(&self) -> Option<(&Set, TypeId)> {
        self.types.as_ref().map(|it| (&*it.0, it.1))
    }

    /// Whether the version is served.
    pub fn served(&self) -> bool {
        self.served
    }

    /// Whether objects live in a namespace.
    pub fn namespaced(&self) -> bool {
        self.namespaced
    }
}

impl Definitions {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the object at `id` if it is a CustomResourceDefinition; says how many versions it defines.
    pub fn add(&mut self, tree: &Tree<'_>, id: NodeId) -> usize {
        let text = |id: Option<NodeId>| id.and_then(|it| tree.text(it)).unwrap_or("");
        let field = |name: &str| text(tree.child(id, name));
        if field("kind") != "CustomResourceDefinition" || !field("apiVersion").starts_with("apiextensions.k8s.io/") {
            return 0;
        }
        let Some(spec) = tree.child(id, "spec") else { return 0 };
        let group = text(tree.child(spec, "group"));
        let kind = text(tree.child(spec, "names").and_then(|it| tree.child(it, "kind")));
        let versions = tree.child(spec, "versions").map_or(&[] as &[NodeId], |it| tree.items(it));
        if group.is_empty() || kind.is_empty() {
            return 0;
        }
        for &version in versions {
            let name = text(tree.child(version, "name"));
            let schema = tree.child(version, "schema").and_then(|it| tree.child(it, "openAPIV3Schema"));
            let keeps_all = text(tree.child(spec, "preserveUnknownFields")) == "true";
            let types = schema.filter(|_| !keeps_all).map(|it| {
                let mut structural = Structural::default();
                let root = structural.root(tree, it, name);
                (Arc::new(structural.into_set()), root)
            });
            let served = text(tree.child(version, "served")) != "false";
            let defined = Defined { types, served, namespaced: text(tree.child(spec, "scope")) != "Cluster" };
            self.by_api.entry(format!("{group}/{name}")).or_default().insert(kind.to_owned(), defined);
        }
        versions.len()
    }

    /// A kind that the inputs define.
    pub fn find(&self, api_version: &str, kind: &str) -> Option<&Defined> {
        self.by_api.get(api_version)?.get(kind)
    }
}
