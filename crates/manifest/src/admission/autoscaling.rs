//! HorizontalPodAutoscalers.

use super::judge::Judge;
use super::selectors::selector;
use super::syntax;
use crate::at::At;

const SOURCES: [(&str, &str); 5] =
    [("Resource", "resource"), ("ContainerResource", "containerResource"), ("Pods", "pods"), ("Object", "object"), ("External", "external")];

/// Judges a HorizontalPodAutoscaler's spec, in either version.
pub(super) fn judge(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    let (least, most, target) = (spec.key("minReplicas"), spec.key("maxReplicas"), spec.key("scaleTargetRef"));
    // Scaling to zero is on by default since 1.37, for metrics that do not come from the pods.
    it.at_least(&least, if it.version.minor >= 37 { 0 } else { 1 });
    it.at_least(&most, 1);
    if let (Some(low), Some(high)) = (least.int(), most.int())
        && low > high
    {
        it.refuse(&most, format!("`maxReplicas` {high} must be at least `minReplicas` {low}"));
    }
    for name in ["kind", "name"] {
        it.notation(&target.key(name), syntax::is_path_segment, "free of `/` and `%`");
    }
    // Checked since 1.34.
    let api = target.key("apiVersion");
    if it.version.minor >= 34 && target.is_map() && api.str().split_once('/').is_none_or(|it| it.0.is_empty()) {
        it.refuse(&api, "`apiVersion` must have a group, such as apps/v1");
    }
    it.at_least(&spec.key("targetCPUUtilizationPercentage"), 1);
    for metric in spec.key("metrics").items() {
        self::metric(it, &metric);
    }
    for direction in ["scaleUp", "scaleDown"] {
        let behavior = spec.key("behavior");
        rules(it, &behavior.key(direction));
    }
}

fn metric(it: &mut Judge<'_>, at: &At<'_, '_>) {
    let kind = at.key("type");
    it.one_of(&kind, &SOURCES.map(|it| it.0));
    for (name, field) in SOURCES {
        let source = at.key(field);
        if name != kind.str() {
            let message = format!("with `type: {}`", kind.str());
            it.forbid(&source, &message);
            continue;
        }
        it.require(&source, "what the metric's `type` promises");
        if source.is_map() {
            target(it, &source.key("target"), name);
            selector(it, &source.key("metric").key("selector"));
        }
    }
}

fn target(it: &mut Judge<'_>, at: &At<'_, '_>, source: &str) {
    if !at.is_map() {
        return;
    }
    it.one_of(&at.key("type"), &["Utilization", "Value", "AverageValue"]);
    it.at_least(&at.key("averageUtilization"), 1);
    for name in ["value", "averageValue"] {
        let value = at.key(name);
        if value.quantity().is_some_and(|it| it.is_zero() || it.is_negative()) {
            it.refuse(&value, format!("`{name}` must be greater than zero"));
        }
    }
    let fields: &[&str] = match source {
        "Resource" | "ContainerResource" => &["averageUtilization", "averageValue"],
        "Pods" => &["averageValue"],
        _ => &["value", "averageValue"],
    };
    it.exactly_one(at, fields);
}

fn rules(it: &mut Judge<'_>, at: &At<'_, '_>) {
    it.range(&at.key("stabilizationWindowSeconds"), 0, 3600);
    it.one_of(&at.key("selectPolicy"), &["Max", "Min", "Disabled"]);
    let policies = at.key("policies");
    if policies.is_list() && policies.count() == 0 {
        it.refuse(&policies, "`policies` must not be an empty list");
    }
    for policy in policies.items() {
        it.one_of(&policy.key("type"), &["Pods", "Percent"]);
        it.require(&policy.key("value"), "how many pods or percent");
        it.at_least(&policy.key("value"), 1);
        it.range(&policy.key("periodSeconds"), 1, 1800);
    }
}
