//! `cargo xtask kube-facts DIR`: Kubernetes' own table tests, as data, put to the simulation.

mod controllers;
mod exceptions;
mod filters;
mod hints;
mod preemption;
mod quotas;
mod resources;
mod scaling;
mod scores;
mod storage;
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The outcome of one case.
pub(crate) enum Verdict {
    Pass,
    /// Not asked of the simulation, for this reason.
    Listed(String),
    Fail(String),
}

impl Verdict {
    /// Passes when both are equal.
    pub(crate) fn equal<T: PartialEq + std::fmt::Debug>(ours: &T, wanted: &T) -> Self {
        if ours == wanted { Self::Pass } else { Self::Fail(format!("wanted {wanted:?}, ours {ours:?}")) }
    }

    pub(crate) fn listed(why: &str) -> Self {
        Self::Listed(why.to_owned())
    }
}

/// One case of a table.
#[derive(Deserialize)]
struct Entry {
    src: String,
    test: String,
    #[serde(default)]
    dropped: Vec<Value>,
    #[serde(default)]
    case: Value,
}

#[derive(Default, Serialize)]
struct Totals {
    pass: usize,
    listed: usize,
    fail: usize,
    /// Cases that lost fields on extraction; they state no whole fact and are not asked.
    incomplete: usize,
}

#[derive(Default, Serialize)]
struct File {
    totals: Totals,
    /// Reason: how many cases.
    listed: BTreeMap<String, usize>,
    failures: Vec<String>,
}

#[derive(Default, Serialize)]
struct Report {
    totals: Totals,
    files: BTreeMap<String, File>,
}

/// Entry point.
pub fn run(args: &[String]) -> ExitCode {
    let json = args.iter().any(|it| it == "--json");
    let Some(dir) = args.iter().find(|it| !it.starts_with("--")) else {
        eprintln!("usage: cargo xtask kube-facts DIR [--json]");
        return ExitCode::from(2);
    };
    let files = tables(Path::new(dir));
    if files.is_empty() {
        eprintln!("error: no .json file in {dir}");
        return ExitCode::from(3);
    }
    let mut report = Report::default();
    for file in files {
        match run_file(&file) {
            Ok(it) => report.add(&file, it),
            Err(why) => {
                eprintln!("error: {}: {why}", file.display());
                return ExitCode::from(2);
            }
        }
    }
    report.print(json);
    if report.totals.fail == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn tables(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut all: Vec<PathBuf> = entries.flatten().map(|it| it.path()).filter(|it| it.extension().is_some_and(|it| it == "json")).collect();
    all.sort();
    all
}

fn run_file(path: &Path) -> Result<File, String> {
    let text = std::fs::read_to_string(path).map_err(|it| it.to_string())?;
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|it| it.to_string())?;
    let name = stem(path);
    let mut file = File::default();
    for entry in entries {
        if !entry.dropped.is_empty() {
            file.totals.incomplete += 1;
            continue;
        }
        let case = clean(entry.case);
        match judge(&name, &entry.test, &case) {
            Verdict::Pass => file.totals.pass += 1,
            Verdict::Listed(why) => {
                file.totals.listed += 1;
                *file.listed.entry(why).or_default() += 1;
            }
            Verdict::Fail(why) => {
                file.totals.fail += 1;
                file.failures.push(format!("{} {} \"{}\": {why}", entry.src, entry.test, title(&case)));
            }
        }
    }
    Ok(file)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn title(case: &Value) -> &str {
    ["name", "description", "desc", "test"].iter().find_map(|it| case.get(it)?.as_str()).unwrap_or("")
}

/// A reviewed exception first, then the runner of the table; a table with neither fails.
fn judge(file: &str, test: &str, case: &Value) -> Verdict {
    if let Some(why) = exceptions::of(file, test, title(case)) {
        return Verdict::listed(why);
    }
    let runners = [filters::run, scores::run, resources::run, storage::run, preemption::run, controllers::run, hints::run, scaling::run, quotas::run];
    let file = file.strip_prefix("pkg_scheduler_framework_plugins_").unwrap_or(file);
    let answer = runners.iter().find_map(|run| run(file, test, case));
    answer.unwrap_or_else(|| Verdict::Fail("no runner and not listed".to_owned()))
}

/// Drops nulls, which mean "not set", and spells resource names that were extracted as Go expressions.
fn clean(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            Value::Object(entries.into_iter().filter(|it| !it.1.is_null()).map(|(key, it)| (resource_name(key), clean(it))).collect::<Map<_, _>>())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(clean).collect()),
        Value::String(text) if text == "@now" => Value::String("2026-01-01T00:00:00Z".to_owned()),
        other => other,
    }
}

fn resource_name(key: String) -> String {
    if key.contains("ResourceHugePagesPrefix") {
        let size = key.rsplit("\"y\":\"").next().and_then(|it| it.split('"').next()).unwrap_or("");
        return format!("hugepages-{size}");
    }
    let named = match key.as_str() {
        "extendedResourceA" => "example.com/aaa",
        "extendedResourceB" => "example.com/bbb",
        "kubernetesIOResourceA" => "kubernetes.io/something",
        "kubernetesIOResourceB" => "subdomain.kubernetes.io/something",
        "hugePageResourceA" => "hugepages-2Mi",
        "extendedResourceDRA" => "extended.resource.dra.io/something",
        _ => "",
    };
    if !named.is_empty() {
        return named.to_owned();
    }
    if !key.starts_with("{\"$call\"") {
        return key;
    }
    let selected = key.split("v1.Resource").nth(2).and_then(|it| it.split('"').next()).unwrap_or("");
    match selected {
        "CPU" => "cpu".to_owned(),
        "Memory" => "memory".to_owned(),
        "Storage" => "storage".to_owned(),
        "EphemeralStorage" => "ephemeral-storage".to_owned(),
        "Pods" => "pods".to_owned(),
        _ => key,
    }
}

impl Report {
    fn add(&mut self, path: &Path, file: File) {
        self.totals.pass += file.totals.pass;
        self.totals.listed += file.totals.listed;
        self.totals.fail += file.totals.fail;
        self.totals.incomplete += file.totals.incomplete;
        self.files.insert(stem(path), file);
    }

    fn print(&self, json: bool) {
        if json {
            println!("{}", serde_json::to_string_pretty(self).unwrap_or_default());
            return;
        }
        for (name, file) in &self.files {
            println!("{name}: {}", line(&file.totals));
            file.failures.iter().for_each(|it| println!("  fail: {it}"));
            file.listed.iter().for_each(|(why, count)| println!("  listed {count}: {why}"));
        }
        println!("totals: {}", line(&self.totals));
    }
}

fn line(it: &Totals) -> String {
    format!("pass {} listed {} fail {} (incomplete {})", it.pass, it.listed, it.fail, it.incomplete)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_complete_case_fails() {
        let Some(shared) = std::env::var_os("SEATRIAL_CORPUS") else {
            eprintln!("skipped: SEATRIAL_CORPUS does not name the shared folder");
            return;
        };
        let files = tables(&PathBuf::from(shared).join("oracle/kubernetes"));
        let failures: Vec<String> = files.iter().flat_map(|it| run_file(it).expect("a readable table").failures).collect();
        assert_eq!(failures, Vec::<String>::new());
    }

    #[test]
    fn a_table_that_nobody_runs_fails() {
        assert!(matches!(judge("a_file", "TestSomething", &Value::Null), Verdict::Fail(_)));
    }
}
