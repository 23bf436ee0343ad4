//! How the house is built, as tests: layers, purity, and what every file owes its reader.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Layer of each crate: an arrow may only point to a smaller number, or to an equal one that is listed in `BESIDE`.
const LAYERS: &[(&str, u8)] = &[
    ("seatrial-model", 0),
    ("seatrial-report", 0),
    ("seatrial-facts", 1),
    ("seatrial-manifest", 1),
    ("seatrial-recording", 1),
    ("seatrial-testkit", 1),
    ("seatrial-check", 2),
    ("seatrial-diff", 2),
    ("seatrial-rules", 2),
    ("seatrial-sim", 2),
    ("seatrial-drill", 2),
    ("seatrial-testbed", 2),
    ("seatrial-config", 3),
    ("seatrial-render", 3),
    ("seatrial-cluster", 4),
    ("seatrial-collect", 4),
    ("seatrial-aws", 4),
    ("seatrial-aws-fake", 4),
    ("seatrial-cli", 5),
];

/// Arrows within a layer.
const BESIDE: &[(&str, &str)] = &[
    ("seatrial-manifest", "seatrial-facts"),
    ("seatrial-testkit", "seatrial-manifest"),
    ("seatrial-collect", "seatrial-cluster"),
    ("seatrial-aws-fake", "seatrial-aws"),
    ("seatrial-drill", "seatrial-sim"),
    ("seatrial-collect", "seatrial-aws"),
];

/// Crates that read no file, clock, environment or network.
const PURE: &[&str] = &["model", "report", "facts", "manifest", "recording", "check", "rules", "sim", "config", "render", "drill", "diff"];

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the workspace").to_owned()
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn arrows_point_to_smaller_layers() {
    let output =
        Command::new(env!("CARGO")).current_dir(top()).args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).output().expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let layers: BTreeMap<&str, u8> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let from = package["name"].as_str().unwrap_or("");
        if from == "xtask" {
            continue;
        }
        let Some(layer) = layers.get(from) else {
            wrong.push(format!("{from} has no layer: give it one in ARCHITECTURE.md and here"));
            continue;
        };
        for it in package["dependencies"].as_array().expect("dependencies").iter().filter(|it| it["kind"].is_null()) {
            let to = it["name"].as_str().unwrap_or("");
            let Some(below) = layers.get(to) else { continue };
            if below > layer || (below == layer && !BESIDE.contains(&(from, to))) {
                wrong.push(format!("{from} -> {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn pure_crates_touch_nothing_outside() {
    const FORBIDDEN: [&str; 10] =
        ["std::fs", "std::env::", "std::process", "net::Tcp", "net::Udp", "Instant::now", "SystemTime", "Timestamp::now", "Zoned::now", "std::thread::sleep"];
    let mut wrong = Vec::new();
    for name in PURE {
        for (path, text) in sources(&top().join("crates").join(name).join("src")) {
            let code = text.split("#[cfg(test)]").next().unwrap_or("");
            wrong.extend(FORBIDDEN.iter().filter(|it| code.contains(**it)).map(|it| format!("{}: {it}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_first_what_it_is() {
    let silent: Vec<String> = sources(&top())
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!") && !text.starts_with("// Written by"))
        .map(|it| it.0.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no `//!` sentence on the first line: {silent:#?}");
}

#[test]
fn a_check_is_called_like_its_file() {
    let mut wrong = Vec::new();
    let mut ids = BTreeSet::new();
    for (path, text) in sources(&top().join("crates/check/src")).into_iter().filter(|(_, text)| text.contains("pub static CHECK: Check")) {
        let stem = path.file_stem().expect("a file").to_string_lossy().replace('_', "-");
        if !text.contains(&format!("id: \"{stem}\"")) {
            wrong.push(path.display().to_string());
        }
        ids.insert(stem);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(ids.len(), seatrial_check::all().len(), "a card that no mod.rs lists is dead code");
}

#[test]
fn no_place_of_a_machine_is_written_down() {
    let output = Command::new("git").current_dir(top()).args(["ls-files"]).output().expect("git runs");
    let words = ["/work".to_owned() + "/main", "/work".to_owned() + "/shared"];
    let mut wrong = Vec::new();
    for file in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(text) = std::fs::read_to_string(top().join(file)) else { continue };
        wrong.extend(words.iter().filter(|it| text.contains(it.as_str())).map(|it| format!("{file}: {it}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
