//! Definitions of further APIs.

use super::judge::Judge;
use super::syntax;
use crate::at::At;

/// Groups that need the community's approval.
const PROTECTED: [&str; 2] = ["k8s.io", "kubernetes.io"];

/// Judges a CustomResourceDefinition.
pub(super) fn definition(it: &mut Judge<'_>, object: &At<'_, '_>) {
    let (metadata, spec) = (object.key("metadata"), object.key("spec"));
    let (group, names, versions) = (spec.key("group"), spec.key("names"), spec.key("versions"));
    let (plural, name) = (names.key("plural"), metadata.key("name"));
    it.subdomain(&group);
    if !group.is_empty() && !group.str().contains('.') {
        it.refuse(&group, "`group` must be a domain with a dot in it");
    }
    if name.is_set() && spec.is_map() && name.str() != format!("{}.{}", plural.str(), group.str()) {
        it.refuse(&name, "`name` must be the plural name, a dot and the group");
    }
    it.one_of(&spec.key("scope"), &["Namespaced", "Cluster"]);
    for field in ["plural", "singular"] {
        it.notation(&names.key(field), syntax::is_label_1035, "lower-case letters, digits and `-`, with a letter first");
    }
    for field in ["kind", "listKind"] {
        it.notation(&names.key(field), |it| syntax::is_label_1035(&it.to_lowercase()), "letters, digits and `-`, with a letter first");
    }
    self::versions(it, &versions);
    let annotations = metadata.key("annotations");
    let is_protected = PROTECTED.iter().any(|it| group.str() == *it || group.str().ends_with(&format!(".{it}")));
    if is_protected && annotations.key("api-approved.kubernetes.io").is_empty() {
        it.refuse(&group, "a group under k8s.io or kubernetes.io needs the annotation api-approved.kubernetes.io");
    }
}

fn versions(it: &mut Judge<'_>, versions: &At<'_, '_>) {
    if versions.is_empty() {
        return;
    }
    it.unique(versions, "name");
    let stored = versions.items().filter(|it| it.key("storage").is_true()).count();
    if stored != 1 {
        it.refuse(versions, format!("exactly one version must have `storage: true`, not {stored}"));
    }
    for version in versions.items() {
        it.notation(&version.key("name"), syntax::is_label_1035, "lower-case letters, digits and `-`, with a letter first");
        let schema = version.key("schema");
        let root = schema.key("openAPIV3Schema");
        if root.is_set() {
            it.one_of(&root.key("type"), &["object"]);
            it.require(&root.key("type"), "`object` at the root");
        } else {
            it.require(&root, "the structure of the objects");
        }
    }
}

/// Judges an APIService.
pub(super) fn api_service(it: &mut Judge<'_>, object: &At<'_, '_>) {
    let (metadata, spec) = (object.key("metadata"), object.key("spec"));
    let (group, version, name) = (spec.key("group"), spec.key("version"), metadata.key("name"));
    it.require(&version, "the version of the group");
    it.notation(&version, syntax::is_label_1035, "lower-case letters, digits and `-`, with a letter first");
    if version.str() != "v1" {
        it.require(&group, "the group");
    }
    if name.is_set() && name.str() != format!("{}.{}", version.str(), group.str()) {
        it.refuse(&name, "`name` must be the version, a dot and the group");
    }
    it.range(&spec.key("groupPriorityMinimum"), 1, 20_000);
    it.range(&spec.key("versionPriority"), 1, 1_000);
    if spec.key("insecureSkipTLSVerify").is_true() && !spec.key("caBundle").is_empty() {
        it.refuse(&spec.key("insecureSkipTLSVerify"), "`insecureSkipTLSVerify` must not be set beside a `caBundle`");
    }
}
