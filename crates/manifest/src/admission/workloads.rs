//! Controllers of pods: their selectors, strategies and templates.

use super::judge::{Judge, percentage};
use super::selectors::{labels, of_template};
use super::{claims, pods, syntax};
use crate::at::At;
use crate::scalar::Scalar;

/// Judges a ReplicationController's spec.
pub(super) fn replication_controller(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    it.at_least(&spec.key("replicas"), 0);
    it.at_least(&spec.key("minReadySeconds"), 0);
    let (selector, template) = (spec.key("selector"), spec.key("template"));
    it.require(&template, "which pods to run");
    let metadata = template.key("metadata");
    let own = metadata.key("labels");
    labels(it, &selector);
    // Without a selector the template's labels are taken.
    if selector.is_empty() && own.is_empty() {
        it.require(&selector, "which pods it owns, or labels in the template");
    }
    for entry in selector.entries().iter() {
        let key = selector.tree.text(entry.key).unwrap_or("");
        let value = selector.entry(key, entry.value);
        if own.key(key).str() != value.str() {
            it.refuse(&value, "the template's labels must match the `selector`");
        }
    }
    always(it, &template);
    pods::template(it, &template, None);
}

/// Judges a Deployment's spec.
pub(super) fn deployment(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    replica_set(it, spec);
    it.at_least(&spec.key("revisionHistoryLimit"), 0);
    let (deadline, ready) = (spec.key("progressDeadlineSeconds"), spec.key("minReadySeconds"));
    let (seconds, floor) = (deadline.int().unwrap_or(600), ready.int().unwrap_or(0));
    if seconds <= floor {
        let at = if deadline.is_set() { deadline } else { ready };
        it.refuse(&at, format!("`progressDeadlineSeconds` ({seconds}) must be greater than `minReadySeconds` ({floor})"));
    }
    let strategy = spec.key("strategy");
    let (kind, rolling) = (strategy.key("type"), strategy.key("rollingUpdate"));
    it.one_of(&kind, &["RollingUpdate", "Recreate"]);
    if kind.str() == "Recreate" {
        it.forbid(&rolling, "with strategy `Recreate`");
        return;
    }
    let (unavailable, surge) = bounds(it, &rolling);
    if is_zero(&unavailable) && is_zero(&surge) {
        it.refuse(&unavailable, "`maxUnavailable` and `maxSurge` must not both be 0: no pod could be replaced");
    }
    at_most_all(it, &unavailable);
}

/// Judges a ReplicaSet's spec.
pub(super) fn replica_set(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    it.at_least(&spec.key("replicas"), 0);
    it.at_least(&spec.key("minReadySeconds"), 0);
    let template = spec.key("template");
    of_template(it, &spec.key("selector"), &template);
    always(it, &template);
    pods::template(it, &template, None);
}

/// Judges a DaemonSet's spec.
pub(super) fn daemon_set(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    it.at_least(&spec.key("minReadySeconds"), 0);
    it.at_least(&spec.key("revisionHistoryLimit"), 0);
    let (template, strategy) = (spec.key("template"), spec.key("updateStrategy"));
    of_template(it, &spec.key("selector"), &template);
    always(it, &template);
    pods::template(it, &template, None);
    it.one_of(&strategy.key("type"), &["RollingUpdate", "OnDelete"]);
    let rolling = strategy.key("rollingUpdate");
    if strategy.key("type").str() == "OnDelete" {
        return;
    }
    let (unavailable, surge) = bounds(it, &rolling);
    at_most_all(it, &unavailable);
    at_most_all(it, &surge);
    let surges = surge.is_set() && !is_zero(&surge);
    match is_zero(&unavailable) {
        // One pod may be unavailable unless said otherwise.
        false if surges => it.refuse(&surge, "`maxSurge` needs `maxUnavailable: 0` in a DaemonSet"),
        true if !surges => it.refuse(&unavailable, "`maxUnavailable` must not be 0 without a `maxSurge`: no pod could be replaced"),
        _ => {}
    }
}

/// Judges a StatefulSet's spec.
pub(super) fn stateful_set(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    it.at_least(&spec.key("replicas"), 0);
    it.at_least(&spec.key("minReadySeconds"), 0);
    it.one_of(&spec.key("podManagementPolicy"), &["OrderedReady", "Parallel"]);
    let strategy = spec.key("updateStrategy");
    it.one_of(&strategy.key("type"), &["RollingUpdate", "OnDelete"]);
    let rolling = strategy.key("rollingUpdate");
    if strategy.key("type").str() == "OnDelete" {
        it.forbid(&rolling, "with strategy `OnDelete`");
    }
    it.at_least(&rolling.key("partition"), 0);
    it.label(&spec.key("serviceName"));
    it.at_least(&spec.key("ordinals").key("start"), 0);
    let retention = spec.key("persistentVolumeClaimRetentionPolicy");
    for name in ["whenDeleted", "whenScaled"] {
        it.one_of(&retention.key(name), &["Retain", "Delete"]);
    }
    let (template, wanted) = (spec.key("template"), spec.key("volumeClaimTemplates"));
    of_template(it, &spec.key("selector"), &template);
    always(it, &template);
    pods::template(it, &template, Some(&wanted));
    for claim in wanted.items() {
        it.label(&claim.key("metadata").key("name"));
        // Judged as claims since 1.34; before, the controller failed on them.
        if it.version.minor >= 34 {
            claims::claim(it, &claim.key("spec"));
        }
    }
}

/// Judges a Job's spec.
pub(super) fn job(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    for name in ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"] {
        it.at_least(&spec.key(name), 0);
    }
    let mode = spec.key("completionMode");
    it.one_of(&mode, &["NonIndexed", "Indexed"]);
    it.one_of(&spec.key("podReplacementPolicy"), &["Failed", "TerminatingOrFailed"]);
    if mode.str() == "Indexed" {
        // Without both, one completion is the default.
        if spec.key("parallelism").is_set() {
            it.require(&spec.key("completions"), "how many indexes there are");
        }
    } else {
        for name in ["backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"] {
            it.forbid(&spec.key(name), "without `completionMode: Indexed`");
        }
    }
    let selects_by_hand = spec.key("manualSelector").is_true();
    // What a server made carries the Job's own id.
    let selector = spec.key("selector");
    let wanted = selector.key("matchLabels");
    let is_made = wanted.key("batch.kubernetes.io/controller-uid").is_set() || wanted.key("controller-uid").is_set();
    if selector.is_set() && !selects_by_hand && !is_made {
        it.refuse(&selector, "`selector` is made by the server; leave it out");
    }
    let template = spec.key("template");
    let pod = template.key("spec");
    let policy = pod.key("restartPolicy");
    it.require(&policy, "`OnFailure` or `Never` in a Job");
    match policy.str() {
        "Always" => it.refuse(&policy, "`restartPolicy` must be `OnFailure` or `Never` in a Job"),
        "OnFailure" if spec.key("podFailurePolicy").is_set() => it.refuse(&policy, "`restartPolicy` must be `Never` with a `podFailurePolicy`"),
        _ => {}
    }
    failure_policy(it, &spec.key("podFailurePolicy"));
    pods::template(it, &template, None);
}

fn failure_policy(it: &mut Judge<'_>, at: &At<'_, '_>) {
    for rule in at.key("rules").items() {
        it.one_of(&rule.key("action"), &["FailJob", "FailIndex", "Ignore", "Count"]);
        if rule.key("onExitCodes").is_set() == (rule.key("onPodConditions").count() > 0) {
            it.refuse(&rule, "a rule must have either `onExitCodes` or `onPodConditions`");
        }
        it.one_of(&rule.key("onExitCodes").key("operator"), &["In", "NotIn"]);
    }
}

/// Judges a CronJob.
pub(super) fn cron_job(it: &mut Judge<'_>, object: &At<'_, '_>) {
    let (metadata, spec) = (object.key("metadata"), object.key("spec"));
    let name = metadata.key("name");
    if name.str().len() > 52 {
        it.refuse(&name, "`name` must have at most 52 characters: the controller adds 11 for its Jobs");
    }
    let what = "five fields such as `*/15 * * * *`, or @hourly, @daily, @weekly, @monthly, @yearly; the zone belongs into `timeZone`";
    it.notation(&spec.key("schedule"), syntax::is_schedule, what);
    let zone = spec.key("timeZone");
    it.notation(&zone, |it| !it.eq_ignore_ascii_case("local") && !it.contains([' ', '\\']) && !it.starts_with(['/', '.']), "a zone such as Europe/Berlin");
    if zone.text() == Some("") {
        it.refuse(&zone, "`timeZone` must not be empty");
    }
    it.one_of(&spec.key("concurrencyPolicy"), &["Allow", "Forbid", "Replace"]);
    for name in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        it.at_least(&spec.key(name), 0);
    }
    let template = spec.key("jobTemplate");
    if template.is_set() {
        it.require(&template.key("spec").key("template"), "which pod to run");
        job(it, &template.key("spec"));
    }
}

/// Controllers that keep pods running restart them always.
fn always(it: &mut Judge<'_>, template: &At<'_, '_>) {
    let pod = template.key("spec");
    let policy = pod.key("restartPolicy");
    if matches!(policy.str(), "OnFailure" | "Never") {
        it.refuse(&policy, "`restartPolicy` must be `Always` under this controller");
    }
    it.forbid(&pod.key("activeDeadlineSeconds"), "under this controller");
}

/// Both bounds of a rolling update.
fn bounds<'p, 't>(it: &mut Judge<'_>, rolling: &'p At<'p, 't>) -> (At<'p, 't>, At<'p, 't>) {
    let (unavailable, surge) = (rolling.key("maxUnavailable"), rolling.key("maxSurge"));
    it.amount_or_percentage(&unavailable);
    it.amount_or_percentage(&surge);
    (unavailable, surge)
}

fn is_zero(at: &At<'_, '_>) -> bool {
    match at.scalar() {
        Some(Scalar::Int(it)) => it == 0,
        Some(Scalar::Str(it)) => percentage(it) == Some(0),
        _ => false,
    }
}

fn at_most_all(it: &mut Judge<'_>, at: &At<'_, '_>) {
    if at.text().and_then(percentage).is_some_and(|it| it > 100) {
        it.refuse(at, format!("`{}` must be at most 100%", at.name()));
    }
}
