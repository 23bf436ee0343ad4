//! An object as a document with the paths of the Kubernetes API, without what changes by itself.

use seatrial_model::cluster::{Fields, group_of};
use seatrial_model::{Meta, Object, Workload};
use serde_json::{Map, Value, json};

use crate::noise;

type Block = Map<String, Value>;

/// The document of an object.
pub fn of<T: Fields>(object: &Object<T>) -> Value {
    let mut root = match serde_json::to_value(&object.it) {
        Ok(Value::Object(it)) => it,
        _ => Block::new(),
    };
    if let Some(it) = (&object.it as &dyn std::any::Any).downcast_ref::<Workload>() {
        root = workload(root, &object.kind, it.cron.is_some());
    }
    if object.kind == "Secret" {
        root = secret(root);
    }
    if let Some(status) = root.remove("status") {
        root.insert("status".to_owned(), noise::steady_status(status));
    }
    words_of_literals(&mut root);
    root.insert("apiVersion".to_owned(), Value::String(object.api_version.to_string()));
    root.insert("metadata".to_owned(), metadata(&object.meta));
    Value::Object(root)
}

fn metadata(meta: &Meta) -> Value {
    let owners: Vec<Value> = meta.owner_references.iter().map(|it| json!({ "kind": it.kind, "name": it.name })).collect();
    json!({
        "labels": entries(meta.labels.iter().filter(|it| !noise::is_own_label(it.0))),
        "annotations": entries(meta.annotations.iter().filter(|it| !noise::is_own_annotation(it.0))),
        "ownerReferences": owners,
        "finalizers": meta.finalizers,
        "deletionTimestamp": meta.deletion_timestamp.map(|it| it.to_string()),
    })
}

fn entries<'a>(all: impl Iterator<Item = (&'a seatrial_model::Text, &'a seatrial_model::Text)>) -> Block {
    all.map(|(key, value)| (key.to_string(), Value::String(value.to_string()))).collect()
}

/// Workloads of all kinds have one shape in the model; here their fields get the API's places back.
fn workload(mut it: Block, kind: &str, is_cron: bool) -> Block {
    let mut spec = Block::new();
    let template = it.remove("template");
    let job = block(it.remove("job"));
    for key in ["replicas", "selector", "serviceName", "volumeClaimTemplates"] {
        spec.extend(it.remove(key).map(|value| (key.to_owned(), value)));
    }
    let mut rollout = block(it.remove("rollout"));
    let rolling: Block = ["maxUnavailable", "maxSurge", "partition"].iter().filter_map(|key| Some(((*key).to_owned(), rollout.remove(*key)?))).collect();
    let strategy = json!({ "type": rollout.remove("strategy"), "rollingUpdate": rolling });
    spec.insert(if matches!(kind, "StatefulSet" | "DaemonSet") { "updateStrategy" } else { "strategy" }.to_owned(), strategy);
    spec.append(&mut rollout);
    if is_cron {
        let mut inner = job;
        inner.extend(template.map(|value| ("template".to_owned(), value)));
        spec.append(&mut block(it.remove("cron")));
        spec.insert("jobTemplate".to_owned(), json!({ "spec": inner }));
    } else {
        spec.extend(job);
        spec.extend(template.map(|value| ("template".to_owned(), value)));
    }
    it.remove("workloadKind");
    it.insert("spec".to_owned(), Value::Object(spec));
    it
}

fn block(it: Option<Value>) -> Block {
    match it {
        Some(Value::Object(it)) => it,
        _ => Block::new(),
    }
}

/// Of a Secret only keys and lengths are known.
fn secret(mut it: Block) -> Block {
    let data: Block = block(it.remove("keys")).into_iter().map(|(key, len)| (key, Value::String(format!("({len} bytes)")))).collect();
    it.remove("literalKeys");
    it.remove("stringKeys");
    it.insert("data".to_owned(), Value::Object(data));
    it
}

/// Literals are kept with what they look like: here they are words again.
fn words_of_literals(at: &mut Block) {
    for (key, value) in at.iter_mut() {
        match value {
            Value::Object(inner) if matches!(key.as_str(), "value" | "data") => {
                if let Some(it) = literal(inner) {
                    *value = it;
                } else {
                    inner.values_mut().for_each(into_word);
                }
            }
            Value::Array(items) if matches!(key.as_str(), "command" | "args") => items.iter_mut().for_each(into_word),
            Value::Object(inner) => words_of_literals(inner),
            Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(words_of_literals),
            _ => {}
        }
    }
}

fn into_word(it: &mut Value) {
    if let Some(word) = it.as_object().and_then(literal) {
        *it = word;
    }
}

fn literal(it: &Block) -> Option<Value> {
    let (kind, value) = it.iter().next().filter(|_| it.len() == 1)?;
    match kind.as_str() {
        "plain" if value.is_string() => Some(value.clone()),
        "redacted" => Some(Value::String(format!("**** ({} bytes)", value.get("len")?))),
        "long" if value.is_number() => Some(Value::String(format!("({value} bytes)"))),
        _ => None,
    }
}

/// The group, under which an object stays the same when the version of its API changes.
pub fn group<T>(object: &Object<T>) -> &str {
    group_of(&object.api_version)
}
