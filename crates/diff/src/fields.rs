//! Two values compared field by field, as Kubernetes merges them: maps by key, lists by what names their elements, sets without order.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_report::diff::FieldChange;
use serde_json::Value;

/// What names an element of a list, in the order in which it is tried: all of a line must be there, and no two elements may share it.
///
/// Source: `x-kubernetes-list-map-keys` and `patchMergeKey` of the Kubernetes API, and AWS identifiers.
const NAMES: [&[&str]; 22] = [
    &["kind", "namespace", "name"],
    &["kind", "name"],
    &["name"],
    &["type", "name"],
    &["type"],
    &["mountPath"],
    &["containerPort", "protocol"],
    &["containerPort"],
    &["port", "protocol"],
    &["port"],
    &["topologyKey", "whenUnsatisfiable"],
    &["key", "effect"],
    &["key"],
    &["secretKey"],
    &["host"],
    &["path", "pathType"],
    &["namespace", "serviceAccount"],
    &["id"],
    &["arn"],
    &["principalArn"],
    &["policyArn"],
    &["url"],
];

/// Lists in which the order of words has a meaning.
const ORDERED: [&str; 2] = ["command", "args"];

/// Adds the fields below `path` in which two values differ. `null` counts as absent.
pub fn compare(path: &str, before: &Value, after: &Value, out: &mut Vec<FieldChange>) {
    match (before, after) {
        _ if before == after => {}
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                compare(&below(path, key), a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null), out);
            }
        }
        (Value::Array(a), Value::Array(b)) => lists(path, a, b, out),
        _ => out.push(FieldChange { path: path.to_owned(), before: text(before), after: text(after) }),
    }
}

fn lists(path: &str, before: &[Value], after: &[Value], out: &mut Vec<FieldChange>) {
    let last = path.rsplit('.').next().unwrap_or(path);
    if before.iter().chain(after).all(|it| !it.is_object() && !it.is_array()) {
        if ORDERED.contains(&last) || sorted(before) != sorted(after) {
            out.push(FieldChange { path: path.to_owned(), before: Some(joined(before)), after: Some(joined(after)) });
        }
        return;
    }
    let named = NAMES.iter().find_map(|names| Some((by_name(before, names)?, by_name(after, names)?)));
    if let Some((a, b)) = named {
        let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for name in names {
            compare(&format!("{path}[{name}]"), a.get(name).copied().unwrap_or(&Value::Null), b.get(name).copied().unwrap_or(&Value::Null), out);
        }
        return;
    }
    let (gone, come) = (without(before, after), without(after, before));
    if before.len() == after.len() && gone.len() == come.len() && before.iter().zip(after).filter(|it| it.0 != it.1).count() == gone.len() {
        for (at, (a, b)) in before.iter().zip(after).enumerate() {
            compare(&format!("{path}[{at}]"), a, b, out);
        }
        return;
    }
    out.extend(gone.into_iter().map(|it| FieldChange { path: format!("{path}[]"), before: text(it), after: None }));
    out.extend(come.into_iter().map(|it| FieldChange { path: format!("{path}[]"), before: None, after: text(it) }));
}

/// The elements under their names; `None` where one has no name, or shares it.
pub fn by_name<'a>(list: &'a [Value], names: &[&str]) -> Option<BTreeMap<String, &'a Value>> {
    let mut all = BTreeMap::new();
    for it in list {
        let parts: Option<Vec<String>> = names.iter().map(|name| scalar(it.get(name)?)).collect();
        if all.insert(parts?.join("/"), it).is_some() {
            return None;
        }
    }
    Some(all)
}

/// The items of a list by their merge keys.
pub type Named<'a> = BTreeMap<String, &'a Value>;

/// The first way to name the elements that works for both lists.
pub fn names_of<'a>(before: &'a [Value], after: &'a [Value]) -> Option<(Named<'a>, Named<'a>)> {
    NAMES.iter().find_map(|names| Some((by_name(before, names)?, by_name(after, names)?)))
}

/// Elements of `list` that `other` lacks; equal elements count as often as they stand there.
fn without<'a>(list: &'a [Value], other: &[Value]) -> Vec<&'a Value> {
    let mut left: Vec<&Value> = other.iter().collect();
    let is_new = |it: &&Value| match left.iter().position(|other| other == it) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    };
    list.iter().filter(is_new).collect()
}

fn below(path: &str, key: &str) -> String {
    match (path.is_empty(), key.contains(['.', '/', '[', ' '])) {
        (_, true) => format!("{path}[{key}]"),
        (true, false) => key.to_owned(),
        (false, false) => format!("{path}.{key}"),
    }
}

fn sorted(list: &[Value]) -> Vec<String> {
    let mut all: Vec<String> = list.iter().map(|it| it.to_string()).collect();
    all.sort();
    all
}

fn joined(list: &[Value]) -> String {
    let words: Vec<String> = list.iter().map(|it| scalar(it).unwrap_or_else(|| it.to_string())).collect();
    format!("[{}]", words.join(", "))
}

fn scalar(it: &Value) -> Option<String> {
    match it {
        Value::String(it) => Some(it.clone()),
        Value::Number(_) | Value::Bool(_) => Some(it.to_string()),
        _ => None,
    }
}

/// A value in one line; `None` for what is absent.
pub fn text(it: &Value) -> Option<String> {
    match it {
        Value::Null => None,
        _ => Some(scalar(it).unwrap_or_else(|| it.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(before: Value, after: Value) -> Vec<String> {
        let mut out = Vec::new();
        compare("", &before, &after, &mut out);
        let show = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
        out.iter().map(|it| format!("{}: {} > {}", it.path, show(&it.before), show(&it.after))).collect()
    }

    #[test]
    fn elements_are_found_by_their_names() {
        let before = json!({"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "y"}]});
        let after = json!({"containers": [{"name": "b", "image": "y"}, {"name": "a", "image": "x:2"}, {"name": "c", "image": "z"}]});
        assert_eq!(said(before, after), ["containers[a].image: x:1 > x:2", "containers[c]: - > {\"name\":\"c\",\"image\":\"z\"}"]);
    }

    #[test]
    fn sets_have_no_order_and_commands_have_one() {
        assert!(said(json!({"hosts": ["a", "b"]}), json!({"hosts": ["b", "a"]})).is_empty());
        assert_eq!(said(json!({"args": ["a", "b"]}), json!({"args": ["b", "a"]})), ["args: [a, b] > [b, a]"]);
        assert_eq!(said(json!({"zones": ["a"]}), json!({"zones": ["a", "b"]})), ["zones: [a] > [a, b]"]);
    }

    #[test]
    fn elements_without_a_name_are_paired_by_place_or_counted() {
        let rule = |verb: &str| json!({"verbs": [verb], "resources": ["pods"]});
        assert_eq!(said(json!({"rules": [rule("get"), rule("list")]}), json!({"rules": [rule("get"), rule("watch")]})), ["rules[1].verbs: [list] > [watch]"]);
        let said = said(json!({"rules": [rule("get"), rule("list")]}), json!({"rules": [rule("list")]}));
        assert_eq!(said, ["rules[]: {\"verbs\":[\"get\"],\"resources\":[\"pods\"]} > -"]);
        let moved = (json!({"rules": [rule("get"), rule("list")]}), json!({"rules": [rule("list"), rule("get")]}));
        let mut out = Vec::new();
        compare("", &moved.0, &moved.1, &mut out);
        assert!(out.is_empty(), "{out:?}");
    }

    #[test]
    fn absent_and_null_are_the_same() {
        assert!(said(json!({"a": null}), json!({})).is_empty());
        assert_eq!(said(json!({"metadata": {"labels": {"a.b/c": "x"}}}), json!({"metadata": {"labels": {}}})), ["metadata.labels[a.b/c]: x > -"]);
    }
}
