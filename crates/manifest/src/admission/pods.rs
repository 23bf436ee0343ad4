//! Pods and pod templates.

use super::judge::Judge;
use super::selectors::labels;
use super::{containers, metadata, placement, security, syntax, volumes};
use crate::at::At;

/// Judges a Pod.
pub(super) fn pod(it: &mut Judge<'_>, object: &At<'_, '_>) {
    let spec = object.key("spec");
    it.require(&spec, "what the pod runs");
    it.one_of(&spec.key("restartPolicy"), &["Always", "OnFailure", "Never"]);
    self::spec(it, &spec, None);
    let is_stored = object.key("metadata").key("uid").is_set();
    if !is_stored && !spec.key("ephemeralContainers").is_empty() {
        it.refuse(&spec.key("ephemeralContainers"), "`ephemeralContainers` can only be added to a running pod");
    }
    for name in ["containers", "initContainers"] {
        for container in spec.key(name).items() {
            let image = container.key("image");
            it.require(&image, "a container needs an image");
            if image.str().trim() != image.str() {
                it.refuse(&image, "`image` must not begin or end with a space");
            }
        }
    }
}

/// Judges a pod template; claims are the volume claim templates beside it.
pub(super) fn template(it: &mut Judge<'_>, template: &At<'_, '_>, claims: Option<&At<'_, '_>>) {
    let (metadata, spec) = (template.key("metadata"), template.key("spec"));
    labels(it, &metadata.key("labels"));
    metadata::annotations(it, &metadata.key("annotations"));
    if template.is_set() {
        // An absent block is as good as an empty one, which lacks its containers.
        it.require(&spec.key("containers"), "a pod needs at least one container");
    }
    it.one_of(&spec.key("restartPolicy"), &["Always", "OnFailure", "Never"]);
    self::spec(it, &spec, claims);
    if !spec.key("ephemeralContainers").is_empty() {
        it.refuse(&spec.key("ephemeralContainers"), "`ephemeralContainers` must not stand in a template");
    }
    for name in ["containers", "initContainers"] {
        for container in spec.key(name).items() {
            it.require(&container.key("image"), "a container needs an image");
        }
    }
}

fn spec(it: &mut Judge<'_>, spec: &At<'_, '_>, claims: Option<&At<'_, '_>>) {
    if !spec.is_set() {
        return;
    }
    volumes::all(it, &spec.key("volumes"));
    containers::all(it, spec, claims);
    placement::judge(it, spec);
    security::pod(it, spec);
    names(it, spec);
    dns(it, spec);
    it.range(&spec.key("activeDeadlineSeconds"), 1, i64::from(i32::MAX));
    it.one_of(&spec.key("preemptionPolicy"), &["Never", "PreemptLowerPriority"]);
    it.one_of(&spec.key("os").key("name"), &["linux", "windows"]);
    for gate in spec.key("readinessGates").items() {
        it.qualified_name(&gate.key("conditionType"));
    }
    it.unique(&spec.key("schedulingGates"), "name");
}

fn names(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    for name in ["hostname", "subdomain"] {
        it.label(&spec.key(name));
    }
    for name in ["serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"] {
        it.subdomain(&spec.key(name));
    }
    for alias in spec.key("hostAliases").items() {
        it.notation(&alias.key("ip"), syntax::is_ip, "an IP address");
        for name in alias.key("hostnames").items() {
            it.subdomain(&name);
        }
    }
}

fn dns(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    let (policy, config) = (spec.key("dnsPolicy"), spec.key("dnsConfig"));
    it.one_of(&policy, &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]);
    let servers = config.key("nameservers");
    if policy.str() == "None" {
        it.require(&servers, "`dnsPolicy: None` takes no other name servers");
    }
    if servers.count() > 3 {
        it.refuse(&servers, "`nameservers` must have at most 3 entries");
    }
    for server in servers.items() {
        it.notation(&server, syntax::is_ip, "an IP address");
    }
    if config.key("searches").count() > 32 {
        it.refuse(&config.key("searches"), "`searches` must have at most 32 entries");
    }
    for option in config.key("options").items() {
        it.require(&option.key("name"), "the option's name");
    }
}
