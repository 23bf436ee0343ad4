//! What a kustomization does to its resources besides patching them.

use seatrial_model::Step;

use super::layers::Layer;
use crate::trace::document::Identity;
use crate::tree::{NodeId, Span};

/// The entry of `layer` that makes `text` the value of `path`; whether that is proved.
pub fn find(layer: &Layer<'_>, path: &[Step], text: &str, before: Option<&str>, source: &Identity) -> Option<(Span, bool)> {
    let keys: Vec<&str> = path.iter().filter_map(|it| if let Step::Key(key) = it { Some(&**key) } else { None }).collect();
    match keys.as_slice() {
        [.., "image"] => image(layer, text, before?),
        [.., "replicas"] => replicas(layer, text, source),
        [.., "namespace"] => root_entry(layer, "namespace", text),
        ["metadata", "name"] | [.., "name" | "serviceName" | "claimName" | "secretName" | "serviceAccountName"] => affix(layer, text, before),
        [.., "labels" | "matchLabels" | "selector", key] => pair(layer, &["commonLabels"], key, text).or_else(|| labels(layer, key, text)),
        [.., "annotations", key] => pair(layer, &["commonAnnotations"], key, text),
        _ => None,
    }
}

fn root_entry(layer: &Layer<'_>, key: &str, text: &str) -> Option<(Span, bool)> {
    let entry = layer.tree.entry(layer.tree.root(), key)?;
    (layer.tree.text(entry.value)? == text).then(|| (layer.tree.place_of_entry(entry), true))
}

/// `images`: the entry of the image's name before, told by its parts in the image now.
fn image(layer: &Layer<'_>, text: &str, before: &str) -> Option<(Span, bool)> {
    let name = image_name(before);
    let &item = layer.list("images").iter().find(|it| layer.text_of(**it, &["name"]).is_some_and(|it| it == name || it == image_name(text)))?;
    let part = |key: &str| layer.tree.entry(item, key);
    let value = |key: &str| layer.text_of(item, &[key]);
    let suffix =
        value("digest").map(|it| format!("@{it}")).or_else(|| value("newTag").map(|it| format!(":{it}"))).unwrap_or_else(|| before[name.len()..].to_owned());
    let made = format!("{}{suffix}", value("newName").unwrap_or(name));
    let entry = part("digest").or_else(|| part("newTag")).or_else(|| part("newName"))?;
    Some((layer.tree.place_of_entry(entry), made == text))
}

/// An image without tag and digest.
fn image_name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let last = image.rfind('/').map_or(0, |it| it + 1);
    image[last..].find(':').map_or(image, |at| &image[..last + at])
}

fn replicas(layer: &Layer<'_>, text: &str, source: &Identity) -> Option<(Span, bool)> {
    let &item = layer.list("replicas").iter().find(|it| layer.text_of(**it, &["name"]) == Some(&source.name))?;
    let entry = layer.tree.entry(item, "count")?;
    Some((layer.tree.place_of_entry(entry), layer.tree.text(entry.value) == Some(text)))
}

/// `namePrefix` and `nameSuffix`.
fn affix(layer: &Layer<'_>, text: &str, before: Option<&str>) -> Option<(Span, bool)> {
    let before = before?;
    let root = layer.tree.root();
    let entry = |key: &str| layer.tree.entry(root, key).filter(|it| layer.tree.text(it.value).is_some_and(|it| !it.is_empty()));
    let (prefix, suffix) = (entry("namePrefix"), entry("nameSuffix"));
    let affix = |it: Option<crate::tree::Entry>| it.and_then(|it| layer.tree.text(it.value)).unwrap_or("");
    let made = format!("{}{before}{}", affix(prefix), affix(suffix));
    let entry = prefix.or(suffix).filter(|_| text.contains(before))?;
    Some((layer.tree.place_of_entry(entry), made == text))
}

fn pair(layer: &Layer<'_>, keys: &[&str], key: &str, text: &str) -> Option<(Span, bool)> {
    let map = keys.iter().try_fold(layer.tree.root(), |at, key| layer.tree.child(at, key))?;
    entry_of(layer, map, key, text)
}

fn entry_of(layer: &Layer<'_>, map: NodeId, key: &str, text: &str) -> Option<(Span, bool)> {
    let entry = layer.tree.entry(map, key)?;
    (layer.tree.text(entry.value)? == text).then(|| (layer.tree.place_of_entry(entry), true))
}

/// `labels`, the list of pairs that came after `commonLabels`.
fn labels(layer: &Layer<'_>, key: &str, text: &str) -> Option<(Span, bool)> {
    layer.list("labels").iter().rev().find_map(|it| entry_of(layer, layer.tree.child(*it, "pairs")?, key, text))
}

/// The entry of a generator that made an object, or the part of it that gives `path`.
pub fn generated(layer: &Layer<'_>, rendered: &Identity, path: &[Step]) -> Option<(Span, bool)> {
    let list = match rendered.kind.as_str() {
        "ConfigMap" => "configMapGenerator",
        "Secret" => "secretGenerator",
        _ => "helmCharts",
    };
    let named = |it: &&NodeId| layer.text_of(**it, &["name"]).is_some_and(|it| rendered.name.contains(it));
    let &item = layer.list(list).iter().filter(named).max_by_key(|it| layer.text_of(**it, &["name"]).map_or(0, str::len))?;
    let is_chart = list == "helmCharts";
    if let [Step::Key(data), Step::Key(key)] = path
        && &**data == "data"
    {
        let parts = ["literals", "files"].into_iter().filter_map(|it| layer.tree.child(item, it)).flat_map(|it| layer.tree.items(it));
        let names = |it: &str| it.split_once('=').map_or_else(|| it.rsplit('/').next() == Some(&**key), |(name, _)| *name == **key);
        if let Some(it) = parts.copied().find(|it| layer.tree.text(*it).is_some_and(names)) {
            return Some((layer.tree.node(it).span, true));
        }
    }
    let entry = layer.tree.entry(item, "name")?;
    Some((layer.tree.place_of_entry(entry), path.is_empty() && !is_chart))
}
