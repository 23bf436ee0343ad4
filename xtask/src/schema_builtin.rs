//! Kubernetes' own types, of several versions in one table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

/// Required in the published document, yet the server takes objects without them: zero, false and "nothing" are fine there.
const NOT_ENFORCED: &[&str] = &[
    "admissionregistration.v1.ServiceReference.namespace",
    "apiextensions.v1.CustomResourceDefinitionVersion.served",
    "apiextensions.v1.CustomResourceDefinitionVersion.storage",
    "apps.v1.ControllerRevision.revision",
    "autoscaling.v2.HPAScalingPolicy.value",
    "batch.v1.PodFailurePolicy.rules",
    "core.v1.Event.metadata",
    "core.v1.HTTPHeader.value",
    "core.v1.ISCSIPersistentVolumeSource.lun",
    "core.v1.ISCSIVolumeSource.lun",
    "core.v1.LimitRangeSpec.limits",
    "core.v1.SleepAction.seconds",
    "core.v1.Sysctl.value",
    "core.v1.TypedLocalObjectReference.kind",
    "core.v1.TypedLocalObjectReference.name",
    "events.v1.Event.eventTime",
    "networking.v1.NetworkPolicySpec.podSelector",
    "storage.v1.CSIDriver.spec",
    "storage.v1.CSINodeSpec.drivers",
];

/// Groups whose objects controllers write, or whose requirements are unions: nothing is asked for.
const LENIENT: &[&str] =
    &["resource.", "apiserverinternal.", "authentication.", "authorization.", "events.", "version.", "scheduling.v1alpha", "scheduling.v1beta"];

/// The table's text for documents sorted by minor version.
pub fn table(documents: &[(u16, Value)]) -> Result<String, String> {
    let (first, last) = match (documents.first(), documents.last()) {
        (Some(first), Some(last)) => (first.0, last.0),
        _ => return Err("no documents".to_owned()),
    };
    let mut kinds = BTreeMap::new();
    let mut types: BTreeMap<String, Versions> = BTreeMap::new();
    for (minor, document) in documents {
        let namespaced = namespaced(document);
        for (name, definition) in document["definitions"].as_object().into_iter().flatten() {
            for it in definition["x-kubernetes-group-version-kind"].as_array().into_iter().flatten() {
                note_kind(it, name, &namespaced, &mut kinds);
            }
            if is_type(definition) {
                types.entry(short(name)).or_default().note(*minor, &short(name), definition);
            }
        }
    }
    let reachable = reachable(&kinds, &types);
    let mut out = String::new();
    for ((api, kind), (name, scope)) in &kinds {
        let _ = writeln!(out, "K {api} {kind} {name} {scope}");
    }
    for (name, it) in types.iter().filter(|it| reachable.contains(it.0)) {
        it.write(name, first, last, &mut out);
    }
    Ok(out)
}

/// A type's fields over the versions.
#[derive(Default)]
struct Versions {
    minors: BTreeSet<u16>,
    fields: BTreeMap<String, Seen>,
}

struct Seen {
    minors: BTreeSet<u16>,
    shape: String,
    required: bool,
}

impl Versions {
    fn note(&mut self, minor: u16, name: &str, definition: &Value) {
        self.minors.insert(minor);
        let required: BTreeSet<&str> = definition["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (field, value) in definition["properties"].as_object().into_iter().flatten() {
            let seen = self.fields.entry(field.clone()).or_insert_with(|| Seen { minors: BTreeSet::new(), shape: String::new(), required: false });
            seen.minors.insert(minor);
            seen.shape = shape(value);
            seen.required = required.contains(field.as_str()) && is_enforced(name, field);
        }
    }

    fn write(&self, name: &str, first: u16, last: u16, out: &mut String) {
        let _ = writeln!(out, "= {name}");
        let (from, to) = (self.minors.first().copied().unwrap_or(first), self.minors.last().copied().unwrap_or(last));
        for (field, seen) in &self.fields {
            let _ = write!(out, "{field} {}{}", seen.shape, if seen.required { " !" } else { "" });
            let since = seen.minors.first().filter(|it| **it > from).map(u16::to_string);
            let until = seen.minors.last().filter(|it| **it < to).map(u16::to_string);
            if since.is_some() || until.is_some() {
                let _ = write!(out, " {}-{}", since.unwrap_or_default(), until.unwrap_or_default());
            }
            out.push('\n');
        }
    }
}

fn is_enforced(name: &str, field: &str) -> bool {
    let is_status = name.contains("Status") || name.ends_with("Condition") || name.contains("ContainerState") || name.ends_with("SystemInfo");
    let of_status = [
        "core.v1.Attached",
        "core.v1.DaemonEndpoint",
        "core.v1.PodIP",
        "core.v1.HostIP",
        "core.v1.LinuxContainerUser",
        "core.v1.ContainerExtended",
        "core.v1.NodeAddress",
        "core.v1.ResourceHealth",
    ];
    !is_status
        && !of_status.iter().any(|it| name.starts_with(it))
        && !LENIENT.iter().any(|it| name.starts_with(it))
        && !NOT_ENFORCED.contains(&format!("{name}.{field}").as_str())
}

fn note_kind(it: &Value, name: &str, namespaced: &BTreeSet<String>, kinds: &mut BTreeMap<(String, String), (String, &'static str)>) {
    let (group, version, kind) = (text(&it["group"]), text(&it["version"]), text(&it["kind"]));
    let is_envelope = kind.ends_with("List") || ["DeleteOptions", "WatchEvent", "Status", "APIGroup", "APIResourceList", "APIVersions"].contains(&kind);
    if !is_envelope {
        let api = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        let scope = if namespaced.contains(&format!("{api} {kind}")) { "N" } else { "C" };
        kinds.insert((api, kind.to_owned()), (short(name), scope));
    }
}

/// `apiVersion kind` of everything that is created inside a namespace.
fn namespaced(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let inside = paths.filter(|it| it.0.contains("/namespaces/{namespace}/")).map(|it| &it.1["post"]["x-kubernetes-group-version-kind"]);
    inside
        .filter(|it| it.is_object())
        .map(|it| match (text(&it["group"]), text(&it["version"])) {
            ("", version) => format!("{version} {}", text(&it["kind"])),
            (group, version) => format!("{group}/{version} {}", text(&it["kind"])),
        })
        .collect()
}

/// Types that objects can hold.
fn reachable(kinds: &BTreeMap<(String, String), (String, &'static str)>, types: &BTreeMap<String, Versions>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut next: Vec<String> = kinds.values().map(|it| it.0.clone()).collect();
    next.push("meta.v1.ObjectMeta".to_owned());
    while let Some(name) = next.pop() {
        let Some(it) = types.get(&name) else { continue };
        if found.insert(name) {
            next.extend(it.fields.values().filter_map(|it| it.shape.split_once('@')).map(|it| it.1.to_owned()));
        }
    }
    found
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn is_type(definition: &Value) -> bool {
    definition["properties"].is_object() || (definition["type"] == "object" && definition.get("format").is_none())
}

/// `core.v1.Pod` for `io.k8s.api.core.v1.Pod`.
fn short(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    parts[parts.len().saturating_sub(3)..].join(".")
}

fn shape(value: &Value) -> String {
    if let Some(name) = value["$ref"].as_str() {
        return reference(name.trim_start_matches("#/definitions/"));
    }
    match (text(&value["type"]), text(&value["format"])) {
        ("string", "byte") => "y".to_owned(),
        ("string", "date-time") => "t".to_owned(),
        ("string", "int-or-string") => "x".to_owned(),
        ("string", _) => "s".to_owned(),
        ("boolean", _) => "b".to_owned(),
        ("integer", "int32") => "i".to_owned(),
        ("integer", _) => "l".to_owned(),
        ("number", _) => "n".to_owned(),
        ("array", _) => format!("[{}", shape(&value["items"])),
        ("object", _) => format!("{{{}", shape(&value["additionalProperties"])),
        _ => "*".to_owned(),
    }
}

fn reference(name: &str) -> String {
    match short(name).as_str() {
        "api.resource.Quantity" => "q".to_owned(),
        "meta.v1.Time" | "meta.v1.MicroTime" => "t".to_owned(),
        "util.intstr.IntOrString" => "x".to_owned(),
        "meta.v1.FieldsV1" | "pkg.runtime.RawExtension" => "*".to_owned(),
        it if it.starts_with("apiextensions.v1.JSON") && it != "apiextensions.v1.JSONSchemaProps" => "*".to_owned(),
        it => format!("@{it}"),
    }
}
