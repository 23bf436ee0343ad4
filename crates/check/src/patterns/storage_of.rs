//! Where claims get their storage from: their class, and whether it makes EBS volumes.

use std::collections::BTreeSet;

use seatrial_model::cluster::find;
use seatrial_model::kinds::storage::StorageClass;
use seatrial_model::pod::ClaimSpec;
use seatrial_model::{Handle, Object, Path, Workload};

use crate::Cx;

/// A claim as it is written: an object of its own or a template.
pub(crate) struct ClaimAt<'a> {
    /// The claim, or the workload with the template.
    pub object: Handle<'a>,
    /// Name of the claim or the template.
    pub name: &'a str,
    /// Path of its specification.
    pub path: Path,
    /// The specification.
    pub spec: &'a ClaimSpec,
}

/// The user's claims; those that a StatefulSet made of its templates are left to the template.
pub(crate) fn claims<'a>(cx: &Cx<'a>) -> Vec<ClaimAt<'a>> {
    let made = prefixes(cx);
    let own = cx.cluster.persistent_volume_claims.iter().filter(|it| !cx.is_platform(it.meta.ns()) && !is_made(&made, it.meta.ns(), &it.meta.name));
    let mut found: Vec<ClaimAt<'a>> =
        own.map(|it| ClaimAt { object: it.handle(), name: it.meta.name.as_str(), path: Path::of("spec"), spec: &it.spec }).collect();
    for workload in cx.workloads() {
        for (at, it) in workload.volume_claim_templates.iter().enumerate() {
            let path = Path::of("spec.volumeClaimTemplates").index(at).key("spec");
            found.push(ClaimAt { object: workload.handle(), name: it.metadata.name.as_str(), path, spec: &it.spec });
        }
        for (at, it) in workload.pod().volumes.iter().enumerate() {
            let Some(ephemeral) = &it.ephemeral else { continue };
            let path = workload.pod_path().key("volumes").index(at).join("ephemeral.volumeClaimTemplate.spec");
            found.push(ClaimAt { object: workload.handle(), name: it.name.as_str(), path, spec: &ephemeral.volume_claim_template.spec });
        }
    }
    found
}

/// `(namespace, template-statefulset)` of every claim template: what is before the ordinal in the names of its claims.
pub(crate) fn prefixes<'a>(cx: &Cx<'a>) -> BTreeSet<(&'a str, String)> {
    let mut found = BTreeSet::new();
    for workload in &cx.cluster.workloads {
        for it in &workload.volume_claim_templates {
            found.insert((workload.meta.ns(), format!("{}-{}", it.metadata.name, workload.meta.name)));
        }
    }
    found
}

/// Whether a claim of this name comes from one of the templates.
pub(crate) fn is_made(prefixes: &BTreeSet<(&str, String)>, ns: &str, claim: &str) -> bool {
    let Some((prefix, ordinal)) = claim.rsplit_once('-') else { return false };
    ordinal.parse::<u32>().is_ok() && prefixes.contains(&(ns, prefix.to_owned()))
}

/// Classes that claims without a class get.
pub(crate) fn defaults<'a>(cx: &Cx<'a>) -> Vec<&'a Object<StorageClass>> {
    cx.cluster.storage_classes.iter().filter(|it| is_default(it)).collect()
}

/// Whether claims without a class get this one.
pub(crate) fn is_default(class: &Object<StorageClass>) -> bool {
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"]
        .iter()
        .any(|it| class.meta.annotation(it) == Some("true"))
}

/// The class of this name.
pub(crate) fn class_named<'a>(cx: &Cx<'a>, name: &str) -> Option<&'a Object<StorageClass>> {
    find(&cx.cluster.storage_classes, "default", name)
}

/// The class that makes the claim's volume, if it is among the inputs.
pub(crate) fn class_of<'a>(cx: &Cx<'a>, claim: &ClaimSpec) -> Option<&'a Object<StorageClass>> {
    match claim.storage_class_name.as_deref() {
        Some(name) => class_named(cx, name),
        None => defaults(cx).first().copied(),
    }
}

/// Whether the provisioner makes EBS volumes (the CSI driver, Auto Mode's, or the name of the one that was in the tree).
pub(crate) fn is_ebs(class: &StorageClass) -> bool {
    matches!(&*class.provisioner, "ebs.csi.aws.com" | "ebs.csi.eks.amazonaws.com" | "kubernetes.io/aws-ebs")
}

/// Whether the claim's volume is on EBS: by its class where that is among the inputs, else by the class's usual names.
pub(crate) fn on_ebs(cx: &Cx<'_>, claim: &ClaimSpec) -> Option<bool> {
    if let Some(class) = class_of(cx, claim) {
        return Some(is_ebs(class));
    }
    let name = claim.storage_class_name.as_deref()?.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| name.contains(it));
    if has(&["ebs", "gp2", "gp3", "io1", "io2"]) {
        return Some(true);
    }
    has(&["efs", "nfs", "fsx", "ceph", "longhorn", "azure", "local", "hostpath"]).then_some(false)
}

/// The EBS volume type that the class asks for, with the provisioner's default filled in.
pub(crate) fn volume_type(class: &StorageClass) -> String {
    let written = class.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case("type")).map(|(_, it)| it.to_ascii_lowercase());
    written.unwrap_or_else(|| if &*class.provisioner == "kubernetes.io/aws-ebs" { "gp2" } else { "gp3" }.to_owned())
}

/// Classes that make EBS volumes and count: all that are written in manifests; in a cluster those that something uses, since EKS brings one along.
pub(crate) fn ebs_classes<'a>(cx: &Cx<'a>) -> Vec<&'a Object<StorageClass>> {
    let used: BTreeSet<&str> = if cx.is_live() { used_classes(cx) } else { BTreeSet::new() };
    let counts = |it: &&Object<StorageClass>| is_ebs(it) && (!cx.is_live() || is_default(it) || used.contains(it.meta.name.as_str()));
    cx.cluster.storage_classes.iter().filter(counts).collect()
}

fn used_classes<'a>(cx: &Cx<'a>) -> BTreeSet<&'a str> {
    let bound = cx.cluster.persistent_volume_claims.iter().filter_map(|it| it.spec.storage_class_name.as_deref());
    let templates = cx.cluster.workloads.iter().flat_map(|it| &it.volume_claim_templates).filter_map(|it| it.spec.storage_class_name.as_deref());
    bound.chain(templates).collect()
}

/// What a pod's volume is made of.
pub(crate) enum Backing<'a> {
    /// A claim; its specification where it is among the inputs.
    Claim(Option<&'a ClaimSpec>),
    /// Space that goes with the pod.
    EmptyDir,
    /// Something else that outlives the pod, or is none of our business.
    Other,
}

/// What the volume of this name is made of.
pub(crate) fn backing_of<'b>(cx: &'b Cx<'_>, workload: &'b Object<Workload>, volume: &str) -> Backing<'b> {
    if let Some(it) = workload.volume_claim_templates.iter().find(|it| &*it.metadata.name == volume) {
        return Backing::Claim(Some(&it.spec));
    }
    let Some(it) = workload.pod().volumes.iter().find(|it| &*it.name == volume) else { return Backing::Other };
    if let Some(claim) = &it.persistent_volume_claim {
        return Backing::Claim(cx.graph.named(workload, &cx.cluster.persistent_volume_claims, &claim.claim_name).map(|it| &it.spec));
    }
    match (&it.ephemeral, &it.empty_dir) {
        (Some(it), _) => Backing::Claim(Some(&it.volume_claim_template.spec)),
        (None, Some(_)) => Backing::EmptyDir,
        (None, None) => Backing::Other,
    }
}
