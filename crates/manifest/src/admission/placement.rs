//! Where a pod may run: node selectors, affinity, tolerations, spread.

use super::judge::Judge;
use super::selectors::{labels, selector, values_of};
use super::syntax;
use crate::at::At;

/// Judges everything in a pod's spec that steers the scheduler.
pub(super) fn judge(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    labels(it, &spec.key("nodeSelector"));
    for toleration in spec.key("tolerations").items() {
        self::toleration(it, &toleration);
    }
    let affinity = spec.key("affinity");
    if affinity.is_map() {
        let node = affinity.key("nodeAffinity");
        nodes(it, &node);
        for name in ["podAffinity", "podAntiAffinity"] {
            pods(it, &affinity.key(name));
        }
    }
    spread(it, &spec.key("topologySpreadConstraints"));
}

fn toleration(it: &mut Judge<'_>, at: &At<'_, '_>) {
    let (key, operator, value, effect) = (at.key("key"), at.key("operator"), at.key("value"), at.key("effect"));
    it.qualified_name(&key);
    // Comparisons come with a gate that is off by default.
    it.one_of(&operator, &["Exists", "Equal", "Lt", "Gt"]);
    it.one_of(&effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
    if key.is_empty() && operator.str() != "Exists" {
        it.refuse(at, "a toleration without a `key` needs `operator: Exists`");
    }
    match operator.str() {
        "Exists" if !value.is_empty() => it.refuse(&value, "`value` must be empty with operator `Exists`"),
        "" | "Equal" => it.notation(&value, syntax::is_label_value, syntax::LABEL_VALUE),
        _ => {}
    }
    if at.key("tolerationSeconds").is_set() && effect.str() != "NoExecute" {
        it.refuse(&at.key("tolerationSeconds"), "`tolerationSeconds` needs `effect: NoExecute`");
    }
}

fn nodes(it: &mut Judge<'_>, at: &At<'_, '_>) {
    node_terms(it, &at.key("requiredDuringSchedulingIgnoredDuringExecution").key("nodeSelectorTerms"));
    for preferred in at.key("preferredDuringSchedulingIgnoredDuringExecution").items() {
        it.range(&preferred.key("weight"), 1, 100);
        node_term(it, &preferred.key("preference"));
    }
}

/// Judges the terms of a node selector.
pub(super) fn node_terms(it: &mut Judge<'_>, terms: &At<'_, '_>) {
    for term in terms.items() {
        node_term(it, &term);
    }
}

fn node_term(it: &mut Judge<'_>, term: &At<'_, '_>) {
    for requirement in term.key("matchExpressions").items() {
        let (operator, values) = (requirement.key("operator"), requirement.key("values"));
        it.qualified_name(&requirement.key("key"));
        it.one_of(&operator, &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]);
        values_of(it, operator.str(), &values);
        if matches!(operator.str(), "Gt" | "Lt") && values.count() != 1 {
            it.refuse(&values, format!("operator `{}` takes exactly one value", operator.str()));
        }
    }
    for requirement in term.key("matchFields").items() {
        it.one_of(&requirement.key("operator"), &["In", "NotIn"]);
        it.one_of(&requirement.key("key"), &["metadata.name"]);
        if requirement.key("values").count() != 1 {
            it.refuse(&requirement, "a field is compared with exactly one value");
        }
    }
}

fn pods(it: &mut Judge<'_>, at: &At<'_, '_>) {
    for term in at.key("requiredDuringSchedulingIgnoredDuringExecution").items() {
        pod_term(it, &term);
    }
    for preferred in at.key("preferredDuringSchedulingIgnoredDuringExecution").items() {
        it.range(&preferred.key("weight"), 1, 100);
        pod_term(it, &preferred.key("podAffinityTerm"));
    }
}

fn pod_term(it: &mut Judge<'_>, term: &At<'_, '_>) {
    it.qualified_name(&term.key("topologyKey"));
    selector(it, &term.key("labelSelector"));
    selector(it, &term.key("namespaceSelector"));
    for name in term.key("namespaces").items() {
        it.label(&name);
    }
}

fn spread(it: &mut Judge<'_>, constraints: &At<'_, '_>) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for constraint in constraints.items() {
        let (key, when) = (constraint.key("topologyKey"), constraint.key("whenUnsatisfiable"));
        it.at_least(&constraint.key("maxSkew"), 1);
        it.at_least(&constraint.key("minDomains"), 1);
        it.qualified_name(&key);
        it.one_of(&when, &["DoNotSchedule", "ScheduleAnyway"]);
        for name in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            it.one_of(&constraint.key(name), &["Ignore", "Honor"]);
        }
        if constraint.key("minDomains").is_set() && when.str() == "ScheduleAnyway" {
            it.refuse(&constraint.key("minDomains"), "`minDomains` needs `whenUnsatisfiable: DoNotSchedule`");
        }
        selector(it, &constraint.key("labelSelector"));
        let pair = (key.str(), when.str());
        if seen.contains(&pair) {
            it.refuse(&constraint, format!("another constraint spreads over {} with {}", pair.0, pair.1));
        }
        seen.push(pair);
    }
}
