//! The shape of `seatrial.yaml`: profile, thresholds, severities, suppressions, the team's own rules.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use seatrial_report::Severity;
use seatrial_rules::RuleSpec;
use serde::Deserialize;

/// The configuration file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Config {
    /// `prod`, `test` or `pedantic`.
    pub profile: Option<ProfileName>,
    /// Kubernetes version to judge for, such as "1.36".
    pub target_version: Option<String>,
    /// Exit with 1 on findings this severe or worse.
    pub fail_on: Option<Severity>,
    /// Severities by check id, in place of the cards' own.
    pub severities: BTreeMap<String, Severity>,
    /// Limits that checks compare with.
    pub thresholds: Thresholds,
    /// Annotations whose value is a runbook.
    pub runbook_annotations: Option<Vec<String>>,
    /// Registries besides ECR that images may come from, as prefixes.
    pub trusted_registries: Vec<String>,
    /// Namespaces that the platform owns: left alone in a running cluster.
    pub platform_namespaces: Option<Vec<String>>,
    /// Suppressions.
    pub ignores: Vec<ConfiguredIgnore>,
    /// Rules of the team's own.
    pub rules: Vec<RuleSpec>,
    /// Files with more of them, as paths or globs relative to this file; each holds a list `rules`.
    pub rule_files: Vec<String>,
}

/// The guide's Test and Production columns, and a stricter taste.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProfileName {
    /// Production.
    Prod,
    /// A test cluster.
    Test,
    /// Production, and matters of taste.
    Pedantic,
}

/// Limits that checks compare with; what is not given keeps its default.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[allow(missing_docs, reason = "documented on the settings of the same name")]
pub struct Thresholds {
    pub log_retention_min_days: Option<i64>,
    pub log_retention_max_days: Option<i64>,
    pub backup_max_age_hours: Option<i64>,
    pub usage_min_percent: Option<i64>,
    pub volume_used_min_percent: Option<i64>,
    pub support_warning_days: Option<i64>,
    pub certificate_warning_days: Option<i64>,
    pub subnet_min_free_ips: Option<i64>,
    pub deregistration_seconds: Option<i64>,
}

/// A suppression. What is not given matches everything; `*` matches any text.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConfiguredIgnore {
    /// Check ids.
    pub checks: Vec<String>,
    /// Kind.
    pub kind: Option<String>,
    /// Pattern of the namespace.
    pub namespace: Option<String>,
    /// Pattern of the name.
    pub name: Option<String>,
    /// Container.
    pub container: Option<String>,
    /// Pattern of the file's path.
    pub file: Option<String>,
    /// Why; mandatory.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Day (YYYY-MM-DD) from which on it no longer counts.
    pub expires: Option<String>,
}

/// A file that holds rules and nothing else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Rules of the team's own.
    pub rules: Vec<RuleSpec>,
}
