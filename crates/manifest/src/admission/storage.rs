//! PersistentVolumes and StorageClasses.

use super::judge::Judge;
use super::placement::node_terms;
use super::syntax;
use crate::at::At;

/// Fields of a volume's spec that are no source.
const NO_SOURCE: [&str; 9] = [
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
];

/// Judges a PersistentVolume's spec.
pub(super) fn volume(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    let (modes, capacity) = (spec.key("accessModes"), spec.key("capacity"));
    it.require(&modes, "such as ReadWriteOnce");
    access_modes(it, &modes);
    let size = capacity.key("storage");
    it.require(&size, "how large the volume is");
    if size.quantity().is_some_and(|it| it.is_zero() || it.is_negative()) {
        it.refuse(&size, "`storage` must be greater than zero");
    }
    it.one_of(&spec.key("persistentVolumeReclaimPolicy"), &["Retain", "Delete", "Recycle"]);
    it.one_of(&spec.key("volumeMode"), &["Filesystem", "Block"]);
    it.subdomain(&spec.key("storageClassName"));
    let entries = spec.entries();
    let names = entries.iter().filter_map(|it| spec.tree.text(it.key));
    let sources = names.filter(|it| !NO_SOURCE.contains(it) && spec.key(it).is_set()).count();
    if spec.is_map() && sources != 1 {
        it.refuse(spec, format!("a PersistentVolume must have exactly one source, not {sources}"));
    }
    let nfs = spec.key("nfs");
    it.notation(&nfs.key("path"), |it| it.starts_with('/'), "an absolute path");
    let affinity = spec.key("nodeAffinity");
    if spec.key("local").is_set() {
        it.require(&affinity, "which node holds a local volume");
    }
    node_terms(it, &affinity.key("required").key("nodeSelectorTerms"));
}

/// Judges a list of access modes.
pub(super) fn access_modes(it: &mut Judge<'_>, modes: &At<'_, '_>) {
    for mode in modes.items() {
        it.one_of(&mode, &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]);
    }
    if modes.count() > 1 && modes.items().any(|it| it.str() == "ReadWriteOncePod") {
        it.refuse(modes, "`ReadWriteOncePod` must not stand beside other access modes");
    }
}

/// Judges a StorageClass.
pub(super) fn class(it: &mut Judge<'_>, object: &At<'_, '_>) {
    it.notation(&object.key("provisioner"), |it| syntax::is_qualified_name(&it.to_lowercase()), syntax::QUALIFIED_NAME);
    it.one_of(&object.key("reclaimPolicy"), &["Delete", "Retain"]);
    it.one_of(&object.key("volumeBindingMode"), &["Immediate", "WaitForFirstConsumer"]);
    for entry in object.key("parameters").entries().iter() {
        if object.tree.text(entry.key) == Some("") {
            it.refuse(&object.key("parameters"), "a parameter needs a name");
        }
    }
}
