//! Roles and their bindings.

use super::judge::Judge;
use super::syntax;
use crate::at::At;

const GROUP: &str = "rbac.authorization.k8s.io";

/// Judges a Role or ClusterRole.
pub(super) fn role(it: &mut Judge<'_>, object: &At<'_, '_>, namespaced: bool) {
    let aggregation = object.key("aggregationRule");
    if aggregation.is_set() {
        it.require(&aggregation.key("clusterRoleSelectors"), "which roles it gathers");
    }
    for rule in object.key("rules").items() {
        let (urls, groups, resources) = (rule.key("nonResourceURLs"), rule.key("apiGroups"), rule.key("resources"));
        if urls.is_empty() {
            it.require(&groups, "which API groups; the core group is \"\"");
            it.require(&resources, "which resources");
            continue;
        }
        if namespaced {
            it.refuse(&urls, "`nonResourceURLs` needs a ClusterRole");
        }
        for field in [&groups, &resources, &rule.key("resourceNames")] {
            if !field.is_empty() {
                it.refuse(field, format!("`{}` must not stand beside `nonResourceURLs`", field.name()));
            }
        }
    }
}

/// Judges a RoleBinding or ClusterRoleBinding.
pub(super) fn binding(it: &mut Judge<'_>, object: &At<'_, '_>, namespaced: bool) {
    let role = object.key("roleRef");
    it.one_of(&role.key("apiGroup"), &[GROUP]);
    it.one_of(&role.key("kind"), if namespaced { &["Role", "ClusterRole"] } else { &["ClusterRole"] });
    it.notation(&role.key("name"), syntax::is_path_segment, "free of `/` and `%`");
    for subject in object.key("subjects").items() {
        self::subject(it, &subject, namespaced);
    }
}

fn subject(it: &mut Judge<'_>, at: &At<'_, '_>, namespaced: bool) {
    let (kind, group, ns) = (at.key("kind"), at.key("apiGroup"), at.key("namespace"));
    it.one_of(&kind, &["User", "Group", "ServiceAccount"]);
    match kind.str() {
        "ServiceAccount" => {
            // Beside a namespaced binding the account may be in the binding's own namespace.
            if !namespaced {
                it.require(&ns, "where the ServiceAccount lives");
            }
            it.subdomain(&at.key("name"));
            if !group.is_empty() {
                it.refuse(&group, "`apiGroup` must be empty for a ServiceAccount");
            }
        }
        "User" | "Group" => it.one_of(&group, &[GROUP]),
        _ => {}
    }
}
