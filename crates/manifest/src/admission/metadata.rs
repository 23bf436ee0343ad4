//! Names, labels and annotations of any object.

use super::judge::Judge;
use super::selectors::labels;
use super::syntax;
use crate::at::At;

/// How much all annotations of an object may hold, in bytes.
const ANNOTATIONS: usize = 256 * 1024;

/// Judges an object's metadata.
pub(super) fn judge(it: &mut Judge<'_>, object: &At<'_, '_>, group: &str, kind: &str) {
    // Reviews and the like are questions, not objects: they have no name.
    if group.starts_with("auth") && group != "autoscaling" || kind.ends_with("Review") {
        return;
    }
    let metadata = object.key("metadata");
    let (name, prefix) = (metadata.key("name"), metadata.key("generateName"));
    if prefix.is_empty() {
        it.require(&name, "an object needs a name");
    }
    let (accepts, what) = name_rule(it, group, kind);
    it.notation(&name, accepts, what);
    if name.is_empty() && prefix.text().is_some_and(|it| !it.is_empty() && !accepts(it.trim_end_matches('-'))) {
        it.refuse(&prefix, format!("`generateName` must begin a name: {what}"));
    }
    it.notation(&metadata.key("namespace"), syntax::is_label, syntax::LABEL);
    labels(it, &metadata.key("labels"));
    annotations(it, &metadata.key("annotations"));
}

/// How a kind's objects may be called.
fn name_rule(it: &Judge<'_>, group: &str, kind: &str) -> (fn(&str) -> bool, &'static str) {
    const PATH: &str = "free of `/` and `%`, and neither `.` nor `..`";
    match (group, kind) {
        // Relaxed from RFC 1035 by a gate that is on by default since 1.36.
        ("", "Service") if it.version.minor < 36 => {
            (syntax::is_label_1035, "1 to 63 lower-case letters, digits and `-`, with a letter first and a letter or digit last")
        }
        ("", "Service" | "Namespace") => (syntax::is_label, syntax::LABEL),
        ("rbac.authorization.k8s.io" | "certificates.k8s.io", _) => (syntax::is_path_segment, PATH),
        ("", "Event" | "ComponentStatus") | ("policy", _) | ("events.k8s.io" | "apiregistration.k8s.io", _) => (syntax::is_path_segment, PATH),
        ("networking.k8s.io", "IPAddress") => (syntax::is_ip, "an IP address"),
        _ => (syntax::is_subdomain, syntax::SUBDOMAIN),
    }
}

/// Judges the keys and the size of annotations.
pub(super) fn annotations(it: &mut Judge<'_>, at: &At<'_, '_>) {
    let mut total = 0;
    for entry in at.entries().iter() {
        let key = at.tree.text(entry.key).unwrap_or("");
        let value = at.entry(key, entry.value);
        total += key.len() + value.str().len();
        // Capitals are fine in an annotation's prefix only because the server lowers them first.
        let is_fine = syntax::is_qualified_name(key) || syntax::is_qualified_name(&key.to_lowercase());
        if !is_fine {
            it.refuse(&value, format!("the annotation's key `{key}` must be {}", syntax::QUALIFIED_NAME));
        }
    }
    if total > ANNOTATIONS {
        it.refuse(at, format!("all annotations together must have at most {ANNOTATIONS} bytes, not {total}"));
    }
}
