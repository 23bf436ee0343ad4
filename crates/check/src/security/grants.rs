//! Roles, their bindings, and whom they reach.

use std::collections::HashMap;

use seatrial_model::cluster::{find, find_all};
use seatrial_model::kinds::access::{PolicyRule, Role, RoleBinding, Subject};
use seatrial_model::{Cluster, Meta, Need, Object, Path, Text};
use seatrial_report::Severity;

use crate::{Cx, Findings};

/// The bindings of each role, by kind, namespace and name of the role.
pub(super) struct Bindings<'a>(HashMap<(&'a str, &'a str, &'a str), Vec<&'a Object<RoleBinding>>>);

impl<'a> Bindings<'a> {
    /// Those among the inputs.
    pub fn of(cluster: &'a Cluster) -> Self {
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for it in &cluster.role_bindings {
            found.entry(key_of_ref(it)).or_default().push(it);
        }
        Self(found)
    }

    /// The bindings of a role.
    pub fn of_role(&self, role: &'a Object<Role>) -> &[&'a Object<RoleBinding>] {
        let ns = if role.kind == "ClusterRole" { "default" } else { role.meta.ns() };
        self.0.get(&(role.kind.as_str(), ns, role.meta.name.as_str())).map_or(&[], Vec::as_slice)
    }
}

fn key_of_ref(it: &Object<RoleBinding>) -> (&str, &str, &str) {
    let kind = it.role_ref.kind.as_str();
    (kind, if kind == "ClusterRole" { "default" } else { it.meta.ns() }, it.role_ref.name.as_str())
}

/// The role that a binding names, among the inputs.
pub(super) fn role_of<'a>(cluster: &'a Cluster, it: &Object<RoleBinding>) -> Option<&'a Object<Role>> {
    let (kind, ns, name) = key_of_ref(it);
    find_all(&cluster.roles, ns, name).iter().find(|it| it.kind == kind)
}

/// Whether the role allows everything, as cluster-admin does; naming each verb of the API comes to the same.
pub(super) fn is_all_powerful(role: &Role) -> bool {
    const VERBS: [&str; 6] = ["get", "list", "create", "update", "patch", "delete"];
    let every = |list: &[Text]| list.iter().any(|it| it.as_str() == "*");
    let every_verb = |list: &[Text]| every(list) || VERBS.iter().all(|verb| list.iter().any(|it| it.as_str() == *verb));
    role.rules.iter().any(|it| every(&it.api_groups) && every(&it.resources) && every_verb(&it.verbs))
}

/// Whether Kubernetes, EKS or another cloud brings the object along.
pub(super) fn is_built_in(meta: &Meta) -> bool {
    let name = meta.name.as_str();
    let prefix = ["system:", "eks:", "gce:", "vpc-resource-", "aws-node"].iter().any(|it| name.starts_with(it));
    prefix || meta.label("kubernetes.io/bootstrapping").is_some() || matches!(name, "cluster-admin" | "admin" | "edit" | "view")
}

/// Whether the subject is the user's to decide on: in a running cluster neither the platform's own service accounts nor absent ones.
pub(super) fn is_users(cx: &Cx<'_>, subject: &Subject) -> bool {
    if subject.kind == "ServiceAccount" && cx.is_live() {
        let ns = subject.namespace.as_deref().unwrap_or("default");
        let known = cx.snapshot.has(Need::ServiceAccounts).is_ok();
        return !cx.is_platform(ns) && (!known || find(&cx.cluster.service_accounts, ns, &subject.name).is_some());
    }
    let platform = subject.name.starts_with("system:serviceaccount:kube-system:") || matches!(subject.name.as_str(), "system:masters" | "system:nodes");
    !platform
}

/// What one kind of grant means.
pub(super) struct Grant {
    /// After "allows": `to run commands in pods`.
    pub what: &'static str,
    /// After "so whoever holds it": `is in every container it reaches`.
    pub so: &'static str,
    /// Severity where the role holds in the whole cluster, and in one namespace.
    pub severity: (Severity, Severity),
}

/// Reports each role of the user with a rule that grants it, on the role, once.
///
/// Wildcards are the finding of rbac-wildcard alone. In a running cluster a role that reaches nobody harms nobody.
pub(super) fn report(cx: &Cx<'_>, out: &mut Findings, grant: &Grant, grants: impl Fn(&PolicyRule) -> bool) {
    let bindings = Bindings::of(cx.cluster);
    for role in cx.cluster.roles.iter().filter(|it| !is_built_in(&it.meta) && !cx.is_platform(it.meta.ns())) {
        let Some(reach) = reach(cx, role, &bindings) else { continue };
        out.assess();
        let Some(at) = role.rules.iter().position(|it| !has_wildcard(it) && grants(it)) else { continue };
        let severity = if reach.everywhere { grant.severity.0 } else { grant.severity.1 };
        let place = if reach.everywhere { "in every namespace" } else { "in its namespace" };
        let draft = out.report(role, Path::of("rules").index(at), format!("{role}: allows {} {place}, so whoever holds it {}", grant.what, grant.so));
        draft.severity(severity);
        if let Some(binding) = reach.through {
            draft.related(binding, "subjects", format!("held by {}", holders(binding)));
        }
    }
}

/// Whom a role reaches.
pub(super) struct Reach<'a> {
    /// Whether it holds in all namespaces.
    pub everywhere: bool,
    /// A binding that hands it out.
    pub through: Option<&'a Object<RoleBinding>>,
}

/// Whom the role reaches; `None` where a running cluster shows that it reaches nobody of the user's.
pub(super) fn reach<'a>(cx: &Cx<'a>, role: &'a Object<Role>, bindings: &Bindings<'a>) -> Option<Reach<'a>> {
    let all = bindings.of_role(role);
    let mine = |it: &&&Object<RoleBinding>| it.subjects.iter().any(|it| is_users(cx, it));
    let through = all.iter().filter(mine).find(|it| it.kind == "ClusterRoleBinding").or_else(|| all.iter().find(mine)).copied();
    if cx.is_live() && through.is_none() {
        return None;
    }
    let everywhere = role.kind == "ClusterRole" && through.is_none_or(|it| it.kind == "ClusterRoleBinding");
    Some(Reach { everywhere, through })
}

/// The subjects in words.
pub(super) fn holders(binding: &Object<RoleBinding>) -> String {
    let name = |it: &Subject| match &it.namespace {
        Some(ns) => format!("{} {ns}/{}", it.kind, it.name),
        None => format!("{} {}", it.kind, it.name),
    };
    let all: Vec<String> = binding.subjects.iter().take(3).map(name).collect();
    let more = if binding.subjects.len() > 3 { format!(" and {} more", binding.subjects.len() - 3) } else { String::new() };
    format!("{}{more}", all.join(", "))
}

/// Whether the rule says "every verb" or "every resource".
pub(super) fn has_wildcard(rule: &PolicyRule) -> bool {
    rule.verbs.iter().chain(&rule.resources).any(|it| it.as_str() == "*")
}

/// Whether the rule covers the API group.
pub(super) fn in_group(rule: &PolicyRule, group: &str) -> bool {
    rule.api_groups.iter().any(|it| it.as_str() == group || it.as_str() == "*")
}

/// Whether the rule covers one of the resources with one of the verbs.
pub(super) fn covers(rule: &PolicyRule, resources: &[&str], verbs: &[&str]) -> bool {
    let any = |list: &[Text], wanted: &[&str]| list.iter().any(|it| wanted.contains(&it.as_str()));
    any(&rule.resources, resources) && any(&rule.verbs, verbs)
}
