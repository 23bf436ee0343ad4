//! Real charts and Kustomize roots: what the renderers write is what was recorded, and how many of its fields are found in the sources.
//!
//! `SEATRIAL_CORPUS` names the corpus, `SEATRIAL_CHARTS` a folder with the chart sources that it leaves out (`owner+repo/path/of/chart`).
//! Without them the tests say so and end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use seatrial_manifest::split::documents;
use seatrial_manifest::trace::kustomize::identity;
use seatrial_manifest::tree::{NodeId, Tree, parse};
use seatrial_model::{Path as Field, Step, Version};
use seatrial_report::Location;

use super::tests::{programs_are_there, target};
use super::{Back, Helm, Kustomize, Rendered, Renderer, Request};
use crate::texts::Place;
use crate::traced::{Wanted, locate};

/// How fields were traced.
#[derive(Debug, Default)]
struct Shares {
    proved: usize,
    approximate: usize,
    with_values: usize,
    with_key: usize,
    file_only: usize,
    wrong: Vec<String>,
}

impl Shares {
    fn add(&mut self, other: Self) {
        self.proved += other.proved;
        self.approximate += other.approximate;
        self.with_values += other.with_values;
        self.with_key += other.with_key;
        self.file_only += other.file_only;
        self.wrong.extend(other.wrong);
    }

    fn print(&self, what: &str) {
        let all = (self.proved + self.approximate + self.file_only).max(1);
        let share = |it: usize| 100.0 * it as f64 / all as f64;
        println!(
            "{what}: {all} fields, {:.1} % proved, {:.1} % approximate (on a line with the field's key: {:.1} %; values key known: {:.1} %), {:.1} % file only, {} wrong",
            share(self.proved),
            share(self.approximate),
            share(self.with_key),
            share(self.with_values),
            share(self.file_only),
            self.wrong.len()
        );
    }
}

fn scalars(tree: &Tree<'_>, at: NodeId, path: &Field, found: &mut Vec<(Field, String)>) {
    if let Some(text) = tree.text(at) {
        found.push((path.clone(), text.to_owned()));
    }
    for it in tree.entries(at) {
        scalars(tree, it.value, &path.key(tree.text(it.key).unwrap_or("")), found);
    }
    for (index, it) in tree.items(at).iter().enumerate() {
        scalars(tree, *it, &path.index(index), found);
    }
}

/// Documents with more fields than this (generated definitions) would be most of the count, and of the time.
const MOST_FIELDS: usize = 1_000;

/// Traces every scalar of every document.
fn shares(rendered: &Rendered) -> Shares {
    let mut all: Vec<(Field, String)> = Vec::new();
    let mut parts = Vec::new();
    let mut previous: Option<String> = None;
    for chunk in documents(&rendered.text) {
        let file = rendered.file_of(&chunk, previous.as_deref());
        previous = Some(file.clone());
        let mut fields = Vec::new();
        if let Some(tree) = parse(chunk.text).0.first() {
            scalars(tree, tree.root(), &Field::root(), &mut fields);
        }
        if fields.len() <= MOST_FIELDS {
            parts.push((file, chunk.origin(0), all.len()..all.len() + fields.len()));
            all.extend(fields);
        }
    }
    let wanted: Vec<Wanted<'_>> =
        parts.iter().map(|(file, origin, fields)| Wanted { file, origin: *origin, paths: fields.clone().map(|at| (at, &all[at].0)).collect() }).collect();
    let mut shares = Shares::default();
    for (at, Place { location, explained }) in locate(rendered, &wanted) {
        let first = all[at].1.lines().next().unwrap_or("").trim();
        if !location.approximate {
            shares.proved += 1;
            if !holds(rendered, &location, first) {
                shares.wrong.push(format!("{}:{} {} = {first}", location.file, location.line, location.path));
            }
        } else if location.line == 1 && location.end_column == 1 {
            shares.file_only += 1;
        } else {
            shares.approximate += 1;
            shares.with_values += usize::from(explained.is_some_and(|it| !it.values.is_empty()));
            let line = rendered.sources.get(&location.file).and_then(|it| it.lines().nth(location.line as usize - 1)).unwrap_or("");
            let key = all[at].0.0.iter().rev().find_map(|it| if let Step::Key(key) = it { Some(&**key) } else { None });
            shares.with_key += usize::from(key.is_some_and(|it| line.contains(it)));
        }
    }
    shares
}

/// Whether the first line of a value stands at a place, or at least a part of it: entries of `images` and of generators hold no more.
fn holds(rendered: &Rendered, place: &Location, first: &str) -> bool {
    let lines = rendered.sources.get(&place.file).map_or("", String::as_str).lines().skip(place.line.saturating_sub(1) as usize).take(3);
    let text = lines.collect::<Vec<_>>().join("\n");
    let part = text.lines().next().and_then(|it| it.split_once(": ")).map_or("", |it| it.1.trim().trim_matches('"'));
    let is_part = (!part.is_empty() && first.contains(part)) || place.path.starts_with("data");
    is_part || text.contains(first) || escaped(&text, first) || ["metadata.name", "metadata.namespace", "apiVersion"].contains(&place.path.as_str())
}

/// Quoted and folded text looks different in its source; its first word does not.
fn escaped(text: &str, value: &str) -> bool {
    value.is_empty() || value.split(|it: char| !it.is_alphanumeric()).find(|it| !it.is_empty()).is_none_or(|it| text.contains(it))
}

fn canonical(tree: &Tree<'_>, at: NodeId) -> String {
    if let Some(text) = tree.text(at) {
        return format!("{text:?}");
    }
    let mut entries: Vec<String> = tree.entries(at).iter().map(|it| format!("{}:{}", tree.text(it.key).unwrap_or(""), canonical(tree, it.value))).collect();
    entries.sort();
    let items: Vec<String> = tree.items(at).iter().map(|it| canonical(tree, *it)).collect();
    format!("{{{}}}[{}]", entries.join(","), items.join(","))
}

fn objects(text: &str, skip: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for chunk in documents(text).into_iter().filter(|it| !skip(it.text)) {
        let Some(identity) = identity(chunk.text) else { continue };
        let trees = parse(chunk.text).0;
        let key = format!("{}/{} {}/{}", identity.group, identity.kind, identity.namespace, identity.name);
        found.insert(key, trees.first().map(|it| canonical(it, it.root())).unwrap_or_default());
    }
    found
}

fn corpus() -> Option<PathBuf> {
    let found = std::env::var_os("SEATRIAL_CORPUS").map(PathBuf::from).filter(|it| it.is_dir());
    if found.is_none() {
        eprintln!("skipped: SEATRIAL_CORPUS names no folder");
    }
    found.filter(|_| programs_are_there())
}

fn repositories(corpus: &Path) -> Vec<(PathBuf, serde_json::Value)> {
    let entries = std::fs::read_dir(corpus).expect("corpus");
    let mut found: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).filter(|it| it.join("META.json").is_file()).collect();
    found.sort();
    let meta = |it: &PathBuf| serde_json::from_slice(&std::fs::read(it.join("META.json")).expect("META.json")).expect("JSON");
    found.into_iter().map(|it| (it.clone(), meta(&it))).collect()
}

/// What one root came to: whether it is as recorded, and its shares.
fn judged(rendered: &Rendered, oracle: &Path, different: &mut Vec<String>) -> Shares {
    let mine = objects(&rendered.text, |it| it.contains("/crds/"));
    let theirs = objects(&std::fs::read_to_string(oracle).expect("oracle"), |_| false);
    for (key, value) in &theirs {
        if mine.get(key).is_some_and(|it| it != value) {
            different.push(format!("{} {key}", rendered.root));
        } else if !mine.contains_key(key) {
            different.push(format!("{} {key}: absent", rendered.root));
        }
    }
    shares(rendered)
}

fn work(jobs: Vec<(PathBuf, PathBuf, serde_json::Value)>, what: &str, render: impl Fn(&Path, &serde_json::Value) -> Option<Rendered> + Sync) {
    let results: Vec<(Option<Shares>, Vec<String>)> = jobs
        .par_iter()
        .map(|(root, oracle, meta)| {
            let mut different = Vec::new();
            let shares = render(root, meta).map(|it| judged(&it, oracle, &mut different));
            if let (Some(it), "helm") = (&shares, what) {
                it.print(&oracle.file_name().unwrap_or_default().to_string_lossy());
            }
            (shares, different)
        })
        .collect();
    let mut all = Shares::default();
    let mut failed = 0;
    let mut different = Vec::new();
    for (shares, them) in results {
        match shares {
            Some(it) => all.add(it),
            None => failed += 1,
        }
        different.extend(them);
    }
    println!("{what}: {} roots, {failed} not rendered, {} objects differ from the record", jobs.len(), different.len());
    all.print(what);
    different.iter().take(20).for_each(|it| println!("  differs: {it}"));
    all.wrong.iter().take(40).for_each(|it| println!("  wrong: {it}"));
    assert!(all.wrong.len() * 1000 <= all.proved, "proved places that do not hold the value");
}

#[test]
fn kustomize_roots_of_the_corpus() {
    let Some(corpus) = corpus() else { return };
    let mut jobs = Vec::new();
    for (folder, meta) in repositories(&corpus) {
        for it in meta["kustomize"].as_array().into_iter().flatten().filter(|it| it["rc"] == 0) {
            let text = |key: &str| it[key].as_str().unwrap_or("").to_owned();
            if folder.join(text("out")).is_file() {
                jobs.push((folder.join("files").join(text("root")), folder.join(text("out")), it.clone()));
            }
        }
    }
    work(jobs, "kustomize", |root, _| {
        let request = Request { values: &[], sets: &[], release: None, namespace: None, target: target() };
        Kustomize::default().render(root, &request).inspect_err(|it| println!("  {it:?}")).ok()
    });
}

#[test]
fn charts_of_the_corpus() {
    let Some(corpus) = corpus() else { return };
    let Some(charts) = std::env::var_os("SEATRIAL_CHARTS").map(PathBuf::from) else {
        eprintln!("skipped: SEATRIAL_CHARTS names no folder");
        return;
    };
    let mut jobs = Vec::new();
    for (folder, meta) in repositories(&corpus) {
        for it in meta["helm"].as_array().into_iter().flatten().filter(|it| it["rc"] == 0 && it["deterministic"] == true) {
            let text = |key: &str| it[key].as_str().unwrap_or("").to_owned();
            let root = charts.join(folder.file_name().unwrap_or_default()).join(text("chart"));
            if root.join("templates").is_dir() {
                jobs.push((root, folder.join(text("out")), it.clone()));
            }
        }
    }
    work(jobs, "helm", |root, meta| {
        let words: Vec<&str> = meta["cmd"].as_str().unwrap_or("").split_whitespace().collect();
        let after = |flag: &str| words.windows(2).filter(|it| it[0] == flag).map(|it| it[1].to_owned()).collect::<Vec<_>>();
        let values: Vec<PathBuf> = after("-f").iter().map(|it| root.join(it)).collect();
        let sets = after("--set");
        let version: Version = "1.36".parse().expect("version");
        let request = Request { values: &values, sets: &sets, release: Some("demo"), namespace: Some("demo"), target: version };
        let rendered = Helm::default().render(root, &request).inspect_err(|it| println!("  {it:?}")).ok();
        rendered.inspect(|it| assert!(matches!(it.back, Back::Helm { .. })))
    });
}
