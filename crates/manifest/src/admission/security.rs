//! Security contexts.

use super::judge::Judge;
use crate::at::At;

/// Largest user or group id.
const LARGEST_ID: i64 = i32::MAX as i64;

/// Judges a pod's own context and what it shares with the node.
pub(super) fn pod(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    if spec.key("shareProcessNamespace").is_true() && spec.key("hostPID").is_true() {
        it.refuse(&spec.key("shareProcessNamespace"), "`shareProcessNamespace` must not be set beside `hostPID`");
    }
    let at = spec.key("securityContext");
    ids(it, &at);
    it.range(&at.key("fsGroup"), 0, LARGEST_ID);
    for group in at.key("supplementalGroups").items() {
        it.range(&group, 0, LARGEST_ID);
    }
    it.one_of(&at.key("fsGroupChangePolicy"), &["OnRootMismatch", "Always"]);
    it.one_of(&at.key("supplementalGroupsPolicy"), &["Merge", "Strict"]);
    it.unique(&at.key("sysctls"), "name");
}

/// Judges a container's context.
pub(super) fn container(it: &mut Judge<'_>, at: &At<'_, '_>) {
    if !at.is_map() {
        return;
    }
    ids(it, at);
    it.one_of(&at.key("procMount"), &["Default", "Unmasked"]);
    let escalation = at.key("allowPrivilegeEscalation");
    if !escalation.is_set() || escalation.is_true() {
        return;
    }
    if at.key("privileged").is_true() {
        it.refuse(&escalation, "`allowPrivilegeEscalation` must not be false on a privileged container");
    }
    let added = at.key("capabilities");
    if added.key("add").items().any(|it| it.str() == "CAP_SYS_ADMIN") {
        it.refuse(&escalation, "`allowPrivilegeEscalation` must not be false beside the capability CAP_SYS_ADMIN");
    }
}

fn ids(it: &mut Judge<'_>, at: &At<'_, '_>) {
    for name in ["runAsUser", "runAsGroup"] {
        it.range(&at.key(name), 0, LARGEST_ID);
    }
    profile(it, &at.key("seccompProfile"));
    profile(it, &at.key("appArmorProfile"));
}

fn profile(it: &mut Judge<'_>, at: &At<'_, '_>) {
    let (kind, file) = (at.key("type"), at.key("localhostProfile"));
    it.one_of(&kind, &["Localhost", "RuntimeDefault", "Unconfined"]);
    match kind.str() {
        "Localhost" => it.require(&file, "the profile on the node"),
        "RuntimeDefault" | "Unconfined" => it.forbid(&file, "unless `type` is Localhost"),
        _ => {}
    }
}
