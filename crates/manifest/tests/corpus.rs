//! Every document of real repositories is an object, is counted as something else, or is reported with a reason and a place.
//!
//! `SEATRIAL_CORPUS` names a folder that holds `corpus/<repository>/files` and `corpus/<repository>/rendered`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use seatrial_manifest::json::read_json;
use seatrial_manifest::read::{FileRef, Options, Part, read_yaml};
use seatrial_model::Version;

#[test]
fn every_document_is_read_or_reported() {
    let Some(shared) = std::env::var_os("SEATRIAL_CORPUS") else {
        println!("skipped: SEATRIAL_CORPUS is not set");
        return;
    };
    let options = Options::new(Version::minor(36));
    let mut all = Part::default();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut files = 0;
    for path in manifests(&Path::new(&shared).join("corpus")) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        files += 1;
        let part = read(&path, &text, &options);
        // A document gives one object, or several when it is a List; each of them, or the document, is accounted for.
        let accounted = part.tally.objects + part.tally.other_documents + part.unread.len() as u64 + part.listed.len() as u64;
        let blank = text.lines().all(|it| it.trim().is_empty() || it.starts_with('#') || it.trim() == "---");
        assert!(accounted >= part.tally.documents.min(1) && (accounted > 0 || blank), "{}: nothing is said of it", path.display());
        let own = u64::from(part.account.is_some()) + u64::from(part.header.is_some()) + empty_lists(&text);
        assert!(accounted + own >= part.tally.documents, "{}: {} of {} documents accounted for", path.display(), accounted + own, part.tally.documents);
        for it in &part.unread {
            assert!(!it.reason.is_empty() && it.line > 0 && it.column > 0, "{}: {it:?}", path.display());
            let reason: String = it.reason.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
            *reasons.entry(reason.chars().take(110).collect()).or_default() += 1;
            println!("{}:{}:{}: {}", path.display(), it.line, it.column, it.reason);
        }
        all.append(part);
    }
    println!(
        "{files} files, {} documents, {} objects, {} others, {} unread",
        all.tally.documents,
        all.tally.objects,
        all.tally.other_documents,
        all.unread.len()
    );
    reasons.iter().for_each(|(reason, count)| println!("{count:6}  {reason}"));
    assert!(files > 0, "no file was found");
}

fn read(path: &Path, text: &str, options: &Options) -> Part {
    let shown = path.display().to_string();
    let file = FileRef { id: 0, path: &shown };
    if path.extension().is_some_and(|it| it == "json") {
        let mut part = Part::default();
        if let Err(error) = read_json(file, text.as_bytes(), options, &mut part).expect("a slice does not fail") {
            part.unread(file, error.line, error.column, error.message);
        }
        return part;
    }
    read_yaml(file, text, options)
}

/// Lists without items are read, and give nothing.
fn empty_lists(text: &str) -> u64 {
    text.lines().filter(|it| it.trim_start_matches(['"', ' ']).starts_with("items") && it.contains("[]")).count() as u64
}

fn manifests(corpus: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let repositories = std::fs::read_dir(corpus).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = repositories.flat_map(|it| [it.path().join("files"), it.path().join("rendered")]).filter(|it| it.is_dir()).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "yaml" || it == "yml" || it == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
