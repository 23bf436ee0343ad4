//! A pod's volumes.

use super::containers::{field, is_inner_path};
use super::judge::Judge;
use super::{claims, syntax};
use crate::at::At;

/// Judges all volumes of a pod.
pub(super) fn all(it: &mut Judge<'_>, volumes: &At<'_, '_>) {
    it.unique(volumes, "name");
    for volume in volumes.items() {
        it.label(&volume.key("name"));
        one_source(it, &volume);
        one(it, &volume);
    }
}

/// More than one source is refused; none is an empty folder.
fn one_source(it: &mut Judge<'_>, volume: &At<'_, '_>) {
    let names = volume.entries();
    let sources = names.iter().filter_map(|it| volume.tree.text(it.key)).filter(|it| *it != "name" && volume.key(it).is_set());
    if sources.count() > 1 {
        it.refuse(volume, "a volume must have only one source");
    }
}

fn one(it: &mut Judge<'_>, volume: &At<'_, '_>) {
    let (config, secret) = (volume.key("configMap"), volume.key("secret"));
    if config.is_set() {
        it.require(&config.key("name"), "which ConfigMap");
    }
    if secret.is_set() {
        it.require(&secret.key("secretName"), "which Secret");
    }
    for at in [&config, &secret] {
        files(it, at);
    }
    let host = volume.key("hostPath");
    it.one_of(&host.key("type"), &["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"]);
    if host.key("path").str().split('/').any(|it| it == "..") {
        it.refuse(&host.key("path"), "`path` must not contain `..`");
    }
    let empty = volume.key("emptyDir");
    if empty.key("sizeLimit").quantity().is_some_and(|it| it.is_negative()) {
        it.refuse(&empty.key("sizeLimit"), "`sizeLimit` must not be negative");
    }
    let nfs = volume.key("nfs");
    it.notation(&nfs.key("path"), |it| it.starts_with('/'), "an absolute path");
    downward(it, &volume.key("downwardAPI"));
    projected(it, &volume.key("projected"));
    let ephemeral = volume.key("ephemeral");
    if ephemeral.is_set() {
        let template = ephemeral.key("volumeClaimTemplate");
        it.require(&template, "which claim to make");
        claims::claim(it, &template.key("spec"));
    }
}

/// Modes and items of a source that becomes files.
fn files(it: &mut Judge<'_>, at: &At<'_, '_>) {
    it.range(&at.key("defaultMode"), 0, 0o777);
    for item in at.key("items").items() {
        it.range(&item.key("mode"), 0, 0o777);
        it.notation(&item.key("path"), is_inner_path, "a relative path without `..`");
        it.notation(&item.key("key"), syntax::is_config_key, "letters, digits, `-`, `_` and `.`");
    }
}

fn downward(it: &mut Judge<'_>, at: &At<'_, '_>) {
    it.range(&at.key("defaultMode"), 0, 0o777);
    for item in at.key("items").items() {
        it.range(&item.key("mode"), 0, 0o777);
        it.notation(&item.key("path"), is_inner_path, "a relative path without `..`");
        it.exactly_one(&item, &["fieldRef", "resourceFieldRef"]);
        field(it, &item.key("fieldRef").key("fieldPath"), false);
        let resource = item.key("resourceFieldRef");
        if resource.is_set() {
            it.require(&resource.key("containerName"), "whose resource");
        }
    }
}

fn projected(it: &mut Judge<'_>, at: &At<'_, '_>) {
    it.range(&at.key("defaultMode"), 0, 0o777);
    for source in at.key("sources").items() {
        if source.count() > 1 {
            it.refuse(&source, "a projected source must have only one kind");
        }
        for name in ["secret", "configMap"] {
            let inner = source.key(name);
            if inner.is_set() {
                it.require(&inner.key("name"), "which one");
                files(it, &inner);
            }
        }
        downward(it, &source.key("downwardAPI"));
        it.range(&source.key("serviceAccountToken").key("expirationSeconds"), 600, 1 << 32);
    }
}
