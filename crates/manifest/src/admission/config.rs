//! ConfigMaps and Secrets.

use super::judge::Judge;
use super::syntax;
use crate::at::At;

/// How much one object may hold, in bytes.
const MOST: usize = 1024 * 1024;
const KEY: &str = "at most 253 letters, digits, `-`, `_` and `.`";

/// Judges a ConfigMap.
pub(super) fn config_map(it: &mut Judge<'_>, object: &At<'_, '_>) {
    let (data, binary) = (object.key("data"), object.key("binaryData"));
    let total = keys(it, &data) + keys(it, &binary) / 4 * 3;
    for entry in binary.entries().iter() {
        let key = binary.tree.text(entry.key).unwrap_or("");
        if data.key(key).is_set() {
            it.refuse(&binary.entry(key, entry.value), format!("the key `{key}` stands in `data` too"));
        }
    }
    if total > MOST {
        it.refuse(object, format!("a ConfigMap must hold at most {MOST} bytes, not {total}"));
    }
}

/// Judges a Secret, without looking at what its values say.
pub(super) fn secret(it: &mut Judge<'_>, object: &At<'_, '_>) {
    let (data, plain, kind) = (object.key("data"), object.key("stringData"), object.key("type"));
    let total = keys(it, &data) / 4 * 3 + keys(it, &plain);
    if total > MOST {
        it.refuse(object, format!("a Secret must hold at most {MOST} bytes, not {total}"));
    }
    let has = |key: &str| data.key(key).is_set() || plain.key(key).is_set();
    let wanted: &[&str] = match kind.str() {
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/ssh-auth" => &["ssh-privatekey"],
        _ => &[],
    };
    for key in wanted.iter().filter(|it| !has(it)) {
        it.refuse(&kind, format!("a Secret of type {} must have the key `{key}`", kind.str()));
    }
    if kind.str() == "kubernetes.io/basic-auth" && !has("username") && !has("password") {
        it.refuse(&kind, "a Secret of type kubernetes.io/basic-auth must have the key `username` or `password`");
    }
    let annotations = object.key("metadata");
    if kind.str() == "kubernetes.io/service-account-token" {
        it.require(&annotations.key("annotations").key("kubernetes.io/service-account.name"), "whose token it is");
    }
}

/// Judges keys; the bytes of keys' values as they are written.
fn keys(it: &mut Judge<'_>, at: &At<'_, '_>) -> usize {
    let mut total = 0;
    for entry in at.entries().iter() {
        let key = at.tree.text(entry.key).unwrap_or("");
        let value = at.entry(key, entry.value);
        if !syntax::is_config_key(key) {
            it.refuse(&value, format!("the key `{key}` must be {KEY}"));
        }
        total += value.str().len();
    }
    total
}
