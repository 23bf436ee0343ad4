//! A rule should name what it allows.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path, Text};
use seatrial_report::{Confidence, Severity};

use seatrial_model::kinds::access::PolicyRule;

use super::grants::{Bindings, has_wildcard, holders, is_all_powerful, is_built_in, reach};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "rbac-wildcard",
    rows: &[Row::AccessControls],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::Roles, Need::RoleBindings, Need::ServiceAccounts],
    title: "A role allows every verb or every resource",
    why: "The rule also covers what is added later: new kinds, new verbs, new operators' resources.",
    verify: "kubectl get clusterroles,roles -A -o yaml | grep -B 6 '\"*\"'",
    fix: "Name the API groups, resources and verbs that are used.",
    sources: &["Kubernetes documentation, RBAC good practices", "EKS best practices guide, identity and access management"],
    bad: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deployer}
rules:
- apiGroups: ['*'] #~ rbac-wildcard
  resources: ['*']
  verbs: ['*']
",
    good: r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: deployer}
rules:
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch]
"#,
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let bindings = Bindings::of(cx.cluster);
    for role in cx.cluster.roles.iter().filter(|it| !is_built_in(&it.meta) && !cx.is_platform(it.meta.ns())) {
        let Some(reach) = reach(cx, role, &bindings) else { continue };
        out.assess();
        // Handed out, a role that allows everything is an administrator's: the finding is its binding's.
        if is_all_powerful(role) && reach.through.is_some_and(|it| !is_built_in(&it.meta)) {
            continue;
        }
        // The worst rule stands for all.
        let wild = role.rules.iter().enumerate().filter(|(_, it)| has_wildcard(it));
        let Some((severity, at, rule)) = wild.map(|(at, it)| (severity(it, reach.everywhere), at, it)).min_by_key(|it| (it.0, it.1)) else { continue };
        let place = if reach.everywhere { "in every namespace" } else { "in its namespace" };
        let draft = out.report(role, Path::of("rules").index(at), format!("{role}: allows {} {place}, also what does not exist yet", words(rule)));
        draft.severity(severity);
        if let Some(binding) = reach.through {
            draft.related(binding, "subjects", format!("held by {}", holders(binding)));
        }
    }
}

/// Worst where Kubernetes' own resources are meant, mild where an operator has all verbs on kinds of its own.
fn severity(rule: &PolicyRule, everywhere: bool) -> Severity {
    let own = !rule.api_groups.is_empty() && rule.api_groups.iter().all(|it| it.contains('.') && !it.ends_with(".k8s.io"));
    let all_resources = rule.resources.iter().any(|it| it.as_str() == "*");
    match (own, all_resources && writes(rule), everywhere) {
        (true, ..) => Severity::Low,
        (false, true, true) => Severity::High,
        _ => Severity::Medium,
    }
}

fn writes(rule: &PolicyRule) -> bool {
    rule.verbs.iter().any(|it| !matches!(it.as_str(), "get" | "list" | "watch"))
}

fn words(rule: &PolicyRule) -> String {
    let list = |all: &[Text], every: &str| {
        if all.iter().any(|it| it.as_str() == "*") {
            return every.to_owned();
        }
        let mut names: Vec<&str> = all.iter().take(3).map(|it| it.as_str()).collect();
        if all.len() > 3 {
            names.push("...");
        }
        names.join(", ")
    };
    let groups: Vec<&str> = rule.api_groups.iter().map(|it| if it.is_empty() { "core" } else { it.as_str() }).collect();
    format!(
        "{} on {} of {}",
        list(&rule.verbs, "every verb"),
        list(&rule.resources, "every resource"),
        if groups.contains(&"*") { "every API group".to_owned() } else { groups.join(", ") }
    )
}
