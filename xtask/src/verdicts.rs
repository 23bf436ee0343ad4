//! `cargo xtask verdicts DIR [--json]`: our judgement of single objects against a real API server's.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use seatrial_manifest::schema::{Definitions, Violation, validate_object};
use seatrial_manifest::tree::{NodeId, Tree, parse};
use seatrial_model::{Path as FieldPath, ProblemKind, Version};
use serde_json::{Value, json};

/// Judges every object of every `<version>.jsonl` in the folder; the files they name are read below its parent.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let folder = arguments.iter().find(|it| !it.starts_with("--")).ok_or("usage: cargo xtask verdicts DIR [--json]")?;
    let reports = judge(Path::new(folder))?;
    if arguments.iter().any(|it| it == "--json") {
        let versions: BTreeMap<String, Value> = reports.iter().map(|(version, it)| (version.to_string(), it.totals.json())).collect();
        let mut sum = Totals::default();
        reports.values().for_each(|it| sum.add(&it.totals));
        println!("{}", json!({ "totals": sum.json(), "versions": versions }));
        return Ok(());
    }
    for (version, it) in &reports {
        println!("Kubernetes {version}");
        it.totals.print();
        it.disagreements.iter().for_each(|it| println!("  {it}"));
    }
    Ok(())
}

/// Counts of one or more versions.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Objects that the server took.
    pub accepted: u64,
    /// Of those, refused here.
    pub false_errors: u64,
    /// Objects that the server refused for what they are.
    pub refused: u64,
    /// Of those, refused here.
    pub refused_found: u64,
    /// Refused because another object was missing: one object alone cannot tell.
    pub need_others: u64,
    /// Objects of an API that the server does not serve.
    pub not_served: u64,
    /// Of those, found here.
    pub not_served_found: u64,
    /// Objects that the server had already.
    pub exists: u64,
    /// Objects whose document could not be read here.
    pub unreadable: u64,
}

impl Totals {
    fn pairs(&self) -> [(&'static str, u64); 9] {
        [
            ("accepted", self.accepted),
            ("falseErrors", self.false_errors),
            ("refused", self.refused),
            ("refusedFound", self.refused_found),
            ("notServed", self.not_served),
            ("notServedFound", self.not_served_found),
            ("needOtherObjects", self.need_others),
            ("exists", self.exists),
            ("unreadable", self.unreadable),
        ]
    }

    fn json(&self) -> Value {
        self.pairs().into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect::<serde_json::Map<_, _>>().into()
    }

    fn print(&self) {
        self.pairs().into_iter().for_each(|(name, count)| println!("  {count:>6} {name}"));
    }

    fn add(&mut self, it: &Self) {
        self.accepted += it.accepted;
        self.false_errors += it.false_errors;
        self.refused += it.refused;
        self.refused_found += it.refused_found;
        self.need_others += it.need_others;
        self.not_served += it.not_served;
        self.not_served_found += it.not_served_found;
        self.exists += it.exists;
        self.unreadable += it.unreadable;
    }
}

/// One version's counts, and where we differ.
#[derive(Debug, Default)]
pub struct Report {
    /// Counts.
    pub totals: Totals,
    /// One line each.
    pub disagreements: Vec<String>,
}

/// Judges all files of verdicts in `folder`.
pub fn judge(folder: &Path) -> Result<BTreeMap<Version, Report>, String> {
    let corpus = folder.parent().ok_or("the folder has no parent")?;
    let mut reports = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?.flatten() {
        let path = entry.path();
        let Some(version) = path.file_name().and_then(|it| it.to_str()?.strip_suffix(".jsonl")?.parse().ok()) else { continue };
        let lines = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        reports.insert(version, judge_version(corpus, &lines, version)?);
    }
    if reports.is_empty() { Err(format!("{}: no verdicts", folder.display())) } else { Ok(reports) }
}

fn judge_version(corpus: &Path, lines: &str, version: Version) -> Result<Report, String> {
    let mut by_file: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in lines.lines() {
        let it: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        by_file.entry(format!("{}/{}", text(&it, "source"), text(&it, "file"))).or_default().push(it);
    }
    let mut report = Report::default();
    for (file, verdicts) in by_file {
        // A file that the corpus left out counts as unreadable.
        let content = fs::read(corpus.join(&file)).unwrap_or_default();
        let content = String::from_utf8_lossy(&content);
        let trees = parse(&content).0;
        verdicts.iter().for_each(|it| report.compare(&file, it, &trees, version));
    }
    Ok(report)
}

fn text<'a>(it: &'a Value, key: &str) -> &'a str {
    it[key].as_str().unwrap_or("")
}

impl Report {
    fn compare(&mut self, file: &str, verdict: &Value, trees: &[Tree<'_>], version: Version) {
        // Doubled keys are the document's: they were lost when it was turned into the JSON that the server judged.
        let found = find(trees, verdict).map(|(tree, id)| validate_object(tree, id, &FieldPath::root(), version, &Definitions::new()));
        let totals = &mut self.totals;
        let Some(found) = found else {
            totals.unreadable += 1;
            self.note(file, verdict, "could not be read here", &[]);
            return;
        };
        let unserved = found.iter().any(|it| it.kind == ProblemKind::NotServed);
        match text(verdict, "verdict") {
            "accepted" => {
                totals.accepted += 1;
                if !found.is_empty() {
                    totals.false_errors += 1;
                    self.note(file, verdict, "false error", &found);
                }
            }
            "not-served" => {
                totals.not_served += 1;
                totals.not_served_found += u64::from(unserved);
                if !unserved {
                    self.note(file, verdict, "not served, unnoticed", &found);
                }
            }
            "exists" => totals.exists += 1,
            _ if verdict["code"] == 403 && text(verdict, "message").contains("not found") => totals.need_others += 1,
            _ => {
                totals.refused += 1;
                let noticed = !found.is_empty() && !unserved;
                totals.refused_found += u64::from(noticed);
                if !noticed {
                    self.note(file, verdict, "refused, unnoticed", &found);
                }
            }
        }
    }

    fn note(&mut self, file: &str, verdict: &Value, what: &str, found: &[Violation]) {
        let ours: Vec<String> = found.iter().map(|it| format!("{}: {}", it.path, it.message)).collect();
        let theirs: String = text(verdict, "message").chars().take(200).collect();
        let doc = &verdict["doc"];
        self.disagreements.push(format!("{what}: {file} document {doc}, {} {}: {theirs} {}", text(verdict, "kind"), text(verdict, "name"), ours.join("; ")));
    }
}

/// The object that a verdict is about. Counts of documents differ where some are empty, so its name decides.
fn find<'a, 't>(trees: &'a [Tree<'t>], verdict: &Value) -> Option<(&'a Tree<'t>, NodeId)> {
    let doc = usize::try_from(verdict["doc"].as_u64()?).ok()?;
    let objects = trees.iter().enumerate().flat_map(|(at, tree)| {
        let inner = verdict["item"].as_u64().and_then(|it| usize::try_from(it).ok()).map(|item| {
            let items = tree.child(tree.root(), "items").map_or(&[] as &[NodeId], |it| tree.items(it));
            items.get(item).copied().into_iter().collect()
        });
        inner.unwrap_or_else(|| vec![tree.root()]).into_iter().map(move |id| (at, tree, id))
    });
    let named = objects.filter(|(_, tree, id)| is_about(tree, *id, verdict));
    named.min_by_key(|it| it.0.abs_diff(doc)).map(|it| (it.1, it.2))
}

fn is_about(tree: &Tree<'_>, id: NodeId, verdict: &Value) -> bool {
    let field = |id: Option<NodeId>, key: &str| id.and_then(|it| tree.child(it, key)).and_then(|it| tree.text(it)).unwrap_or("").to_owned();
    let metadata = tree.child(id, "metadata");
    let name = field(metadata, "name");
    let is_named = name == text(verdict, "name") || name.is_empty();
    field(Some(id), "apiVersion") == text(verdict, "apiVersion") && field(Some(id), "kind") == text(verdict, "kind") && is_named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_false_error_and_nearly_every_refusal() {
        let Ok(corpus) = std::env::var("SEATRIAL_CORPUS") else {
            eprintln!("skipped: SEATRIAL_CORPUS does not name the folder of recorded verdicts");
            return;
        };
        let reports = judge(&Path::new(&corpus).join("corpus/apiserver-verdicts")).expect("verdicts");
        for version in [Version::minor(33), Version::minor(36)] {
            let report = &reports[&version];
            let it = &report.totals;
            assert_eq!(it.false_errors, 0, "{:#?}", report.disagreements);
            assert!(it.refused_found * 100 >= it.refused * 95, "{} of {}", it.refused_found, it.refused);
            assert_eq!(it.not_served_found, it.not_served, "{:#?}", report.disagreements);
            assert!(it.accepted > 7000, "most objects can be read: {it:?}");
        }
    }
}
