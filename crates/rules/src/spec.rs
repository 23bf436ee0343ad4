//! A rule as it is written down.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use seatrial_report::{Confidence, Severity};
use serde::Deserialize;

/// A rule of the team's own, with the fields of a built-in card.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleSpec {
    /// Kebab-case, not one of a built-in check; says the problem, not the cure.
    pub id: String,
    /// The problem in a few words.
    pub title: String,
    /// How bad a finding is.
    pub severity: Severity,
    /// How sure a finding is; high without it.
    pub confidence: Option<Confidence>,
    /// Id of the guide's row that findings stand against, such as `operations/runbooks`; without it the rule is a row of "Your rules".
    pub row: Option<String>,
    /// Which objects it judges; without it all.
    #[serde(default)]
    pub r#match: Match,
    /// Judges each element of a list instead of the object: `containers`, or a path such as `spec.ports[*]`. CEL sees the element as `item`.
    pub for_each: Option<String>,
    /// CEL over `object`, `item` and `namespaceObject`; true where all is fine.
    pub condition: String,
    /// The field that a finding sits at, such as `metadata.labels` or `metadata.annotations[example.com/team]`, in the element with `forEach`;
    /// without it the object's name, or the element.
    pub path: Option<String>,
    /// The finding in one line; `{object}`, `{kind}`, `{name}`, `{namespace}` and `{item}` are filled in.
    pub message: Option<String>,
    /// CEL that gives the finding's line; wins over `message`.
    pub message_expression: Option<String>,
    /// What happens to users when this is left alone.
    pub why: Option<String>,
    /// How to see it by hand.
    pub verify: Option<String>,
    /// What to do.
    pub fix: Option<String>,
    /// Documents behind the rule.
    #[serde(default)]
    pub sources: Vec<String>,
    /// YAML that the rule must find fault with: at the lines marked `#~ id`, where there are marks.
    pub bad: Option<String>,
    /// YAML that the rule must judge, and find nothing in.
    pub good: Option<String>,
}

/// Which objects a rule judges. What is not given matches everything; `*` in a pattern matches any text.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Match {
    /// Kinds.
    pub kinds: Vec<String>,
    /// Patterns of API versions: `v1`, `apps/*`.
    pub api_versions: Vec<String>,
    /// Patterns of namespaces. Without them the platform's namespaces are left alone in a running cluster.
    pub namespaces: Vec<String>,
    /// Patterns of names.
    pub names: Vec<String>,
    /// Patterns of labels that the object must have, all of them: `tier: "*"`.
    pub labels: BTreeMap<String, String>,
}

/// What a match looks at.
pub struct Face<'a> {
    /// API version.
    pub api_version: &'a str,
    /// Kind.
    pub kind: &'a str,
    /// Namespace.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
    /// The label of this key.
    pub label: &'a dyn Fn(&str) -> Option<&'a str>,
}

impl Match {
    /// Whether the rule judges such an object.
    pub fn fits(&self, it: &Face<'_>) -> bool {
        let among = |patterns: &[String], text: &str| patterns.is_empty() || patterns.iter().any(|pattern| glob(pattern, text));
        among(&self.kinds, it.kind)
            && among(&self.api_versions, it.api_version)
            && among(&self.namespaces, it.namespace)
            && among(&self.names, it.name)
            && self.labels.iter().all(|(key, pattern)| (it.label)(key).is_some_and(|value| glob(pattern, value)))
    }

    /// Whether objects of this API group, whatever the version, may be judged.
    pub fn takes_group(&self, group: &str) -> bool {
        let fits = |pattern: &String| match pattern.rsplit_once('/') {
            Some((of, _)) => glob(of, group),
            None => group.is_empty() || pattern == "*",
        };
        self.api_versions.is_empty() || self.api_versions.iter().any(fits)
    }

    /// Whether objects of this kind may be judged.
    pub fn takes_kind(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|it| glob(it, kind))
    }
}

/// Whether `text` fits the pattern; `*` matches any text.
pub fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or("");
    for piece in pieces {
        match left.find(piece) {
            Some(at) => left = &left[at + piece.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_what_stands_before_the_version() {
        let of = |yaml: &str| serde_json::from_str::<Match>(yaml).expect("a match");
        assert!(
            of("{}").takes_group("apps") && of(r#"{"apiVersions":["apps/*"]}"#).takes_group("apps") && of(r#"{"apiVersions":["*/v1"]}"#).takes_group("apps")
        );
        assert!(of(r#"{"apiVersions":["v1"]}"#).takes_group("") && !of(r#"{"apiVersions":["v1"]}"#).takes_group("apps"));
        assert!(!of(r#"{"apiVersions":["serving.knative.dev/*"]}"#).takes_group(""));
    }

    #[test]
    fn every_part_of_a_match_must_fit() {
        let label = |key: &str| (key == "tier").then_some("web");
        let face = Face { api_version: "apps/v1", kind: "Deployment", namespace: "shop-eu", name: "api", label: &label };
        let of = |yaml: &str| serde_json::from_str::<Match>(yaml).expect("a match");
        for fits in [r#"{}"#, r#"{"kinds":["Deployment"]}"#, r#"{"apiVersions":["apps/*"]}"#, r#"{"namespaces":["shop-*"],"labels":{"tier":"*"}}"#] {
            assert!(of(fits).fits(&face), "{fits}");
        }
        for fails in [r#"{"kinds":["Pod"]}"#, r#"{"apiVersions":["v1"]}"#, r#"{"namespaces":["shop"]}"#, r#"{"names":["b*"]}"#, r#"{"labels":{"team":"*"}}"#] {
            assert!(!of(fails).fits(&face), "{fails}");
        }
    }
}
