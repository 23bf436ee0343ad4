//! The key of a values file behind a rendered value.

use std::collections::BTreeSet;

use seatrial_model::{Path, Step};

use crate::trace::{SourceTexts, ValuePlace};
use crate::tree::{NodeId, Place, Tree, parse};

/// Looks keys up in values files, those that win first.
pub struct Values<'a> {
    files: Vec<File<'a>>,
}

struct File<'a> {
    name: &'a str,
    tree: Tree<'a>,
    /// Keys under which the values of the template's chart stand in this file.
    below: Vec<&'a str>,
}

impl<'a> Values<'a> {
    /// `files`: each with the keys under which the chart's values stand in it; those that win first.
    pub fn new(texts: &'a SourceTexts, files: &[(&str, Vec<&'a str>)]) -> Self {
        let read = |(name, below): &(&str, Vec<&'a str>)| {
            let (name, text) = texts.get_key_value(*name)?;
            let tree = parse(text).0.into_iter().next()?;
            Some(File { name, tree, below: below.clone() })
        };
        Self { files: files.iter().filter_map(read).collect() }
    }

    /// Keys and scalars of `keys` in every file that has them; `None` where no file does.
    pub fn words(&self, keys: &[String]) -> Option<BTreeSet<String>> {
        let mut words = None;
        for file in &self.files {
            if let Place::Here { value, .. } = file.tree.nearest(&path_in(file, keys, &[])) {
                add_words(&file.tree, value, words.get_or_insert_with(BTreeSet::new));
            }
        }
        words
    }

    /// The place of `keys` and the steps below them, in the first file that sets it.
    pub fn place(&self, keys: &[String], rest: &[Step], rendered: Option<&str>) -> Option<ValuePlace> {
        self.exact(keys, rest, rendered).or_else(|| self.exact(keys, &[], rendered))
    }

    fn exact(&self, keys: &[String], rest: &[Step], rendered: Option<&str>) -> Option<ValuePlace> {
        self.files.iter().find_map(|file| {
            let path = path_in(file, keys, rest);
            let Place::Here { value, .. } = file.tree.nearest(&path) else { return None };
            let element = element(&file.tree, value, rendered);
            let proved = element.is_some() || (rendered.is_some() && file.tree.text(value) == rendered);
            let span = element.map_or_else(|| file.tree.place(&path), |it| file.tree.node(it).span);
            Some(ValuePlace { file: file.name.to_owned(), span, proved })
        })
    }
}

/// The path of a chart's values in a file; `global` ones stand at its top.
fn path_in(file: &File<'_>, keys: &[String], rest: &[Step]) -> Path {
    let is_global = keys.first().is_some_and(|it| it == "global");
    let below: &[&str] = if is_global { &[] } else { &file.below };
    let steps = below.iter().copied().chain(keys.iter().map(String::as_str)).map(|it| Step::Key(it.into()));
    Path(steps.chain(rest.iter().cloned()).collect())
}

fn add_words(tree: &Tree<'_>, at: NodeId, words: &mut BTreeSet<String>) {
    words.extend(tree.text(at).map(str::to_owned));
    for it in tree.entries(at) {
        words.extend(tree.text(it.key).map(str::to_owned));
        add_words(tree, it.value, words);
    }
    for &it in tree.items(at) {
        add_words(tree, it, words);
    }
}

/// The element of a list that is the rendered text: loops do not say which one they are at.
fn element(tree: &Tree<'_>, list: NodeId, rendered: Option<&str>) -> Option<NodeId> {
    let rendered = rendered?;
    let mut same = tree.items(list).iter().copied().filter(|it| tree.text(*it) == Some(rendered));
    same.next().filter(|_| same.next().is_none())
}
