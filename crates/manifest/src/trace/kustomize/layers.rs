//! Kustomizations and the ones below them.

use std::collections::BTreeSet;

use crate::trace::{SourceTexts, join, text_at};
use crate::tree::{NodeId, Tree, parse};

/// Names of a kustomization's file.
pub const FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// More kustomizations than this below one root are not followed.
const MOST_LAYERS: usize = 2_000;

/// One kustomization.
pub struct Layer<'t> {
    /// Its file.
    pub file: &'t str,
    /// Its folder.
    pub folder: &'t str,
    /// Its text.
    pub text: &'t str,
    /// Its document.
    pub tree: Tree<'t>,
    /// Resource files and kustomization files whose objects it works on.
    pub reach: BTreeSet<String>,
}

impl Layer<'_> {
    /// The elements of a list of its own.
    pub fn list(&self, key: &str) -> &[NodeId] {
        self.tree.child(self.tree.root(), key).map(|it| self.tree.items(it)).unwrap_or_default()
    }

    /// The text of a key in one of its elements.
    pub fn text_of(&self, at: NodeId, keys: &[&str]) -> Option<&str> {
        text_at(&self.tree, at, keys)
    }
}

/// Local files and folders that a kustomization names.
pub fn references(folder: &str, text: &str) -> Vec<String> {
    let (trees, _) = parse(text);
    let Some(tree) = trees.first() else { return Vec::new() };
    let mut named: Vec<&str> = Vec::new();
    for key in [
        "resources",
        "bases",
        "components",
        "patches",
        "patchesStrategicMerge",
        "patchesJson6902",
        "replacements",
        "configurations",
        "transformers",
        "generators",
    ] {
        for &item in tree.child(tree.root(), key).map(|it| tree.items(it)).unwrap_or_default() {
            named.extend(text_at(tree, item, &["path"]).or_else(|| tree.text(item)));
        }
    }
    let is_local = |it: &&str| !it.is_empty() && !it.contains(['\n', '?']) && !it.contains("://") && !it.starts_with('/');
    named.into_iter().filter(is_local).map(|it| join(folder, it)).collect()
}

/// The kustomization of `folder` and those below it, outermost first.
pub fn read<'t>(texts: &'t SourceTexts, folder: &str) -> Vec<Layer<'t>> {
    let mut layers = Vec::new();
    add(texts, folder, &mut Vec::new(), &mut layers);
    layers
}

fn file_in<'t>(texts: &'t SourceTexts, folder: &str) -> Option<(&'t str, &'t str)> {
    let found = FILES.iter().find_map(|it| texts.get_key_value(join(folder, it).as_str()));
    found.map(|(file, text)| (file.as_str(), text.as_str()))
}

/// Adds a layer and those below it; what they reach.
fn add<'t>(texts: &'t SourceTexts, folder: &str, above: &mut Vec<&'t str>, layers: &mut Vec<Layer<'t>>) -> BTreeSet<String> {
    let mut reach = BTreeSet::new();
    let Some((file, text)) = file_in(texts, folder).filter(|it| !above.contains(&it.0) && layers.len() < MOST_LAYERS) else { return reach };
    let Some(tree) = parse(text).0.into_iter().next() else { return reach };
    let folder = file.rsplit_once('/').map_or(".", |it| it.0);
    reach.insert(file.to_owned());
    let names = |key: &str| -> Vec<String> {
        let items = tree.child(tree.root(), key).map(|it| tree.items(it)).unwrap_or_default();
        items.iter().filter_map(|it| tree.text(*it)).map(|it| join(folder, it)).collect()
    };
    let resources: Vec<String> = ["resources", "bases"].into_iter().flat_map(names).collect();
    let components = names("components");
    let at = layers.len();
    // Kustomize itself refuses circles: they only have to end here.
    above.push(file);
    layers.push(Layer { file, folder, text, tree, reach: BTreeSet::new() });
    for it in resources {
        match file_in(texts, &it) {
            Some(_) => reach.extend(add(texts, &it, above, layers)),
            None => drop(reach.insert(it)),
        }
    }
    for it in components {
        let first = layers.len();
        reach.extend(add(texts, &it, above, layers));
        // A component works on what the kustomization that names it has gathered.
        for component in &mut layers[first..] {
            component.reach.extend(reach.iter().cloned());
        }
    }
    above.pop();
    layers[at].reach.extend(reach.iter().cloned());
    reach
}
