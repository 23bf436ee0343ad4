//! What we say of a case's files.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use seatrial_check::peers::Peer;
use seatrial_check::pod_security::{Level, violations};
use seatrial_check::{Cx, Draft, Outcomes, Profile, Settings, run};
use seatrial_manifest::json::read_json;
use seatrial_manifest::read::{FileRef, Options, Part, read_yaml};
use seatrial_model::{Graph, Scope, Snapshot, SourceFile};

use super::case::Case;

/// "Now" of every case, so that the judgement is the same on every day.
const NOW: &str = "2026-11-24T12:00:00Z";

/// An object that a check found something on, or that says why nothing can be said.
pub type Found = BTreeSet<String>;

/// Objects of some files that any of our counterparts of a peer's check finds something on.
pub fn found(folder: &Path, files: &[&str], peer: &Peer, only: &[String]) -> Result<Found> {
    let snapshot = read(folder, files)?;
    let settings = Settings { profile: Profile::Pedantic, ..Settings::default() };
    let graph = Graph::new(&snapshot.cluster);
    let cx = Cx::new(&snapshot, &graph, &settings);
    let checks: Vec<_> = peer.ours.iter().chain(peer.instead).filter_map(|id| seatrial_check::find(id)).collect();
    let mut found = Found::new();
    for outcome in run(&cx, &checks) {
        let Outcomes::Ran(_, drafts) = outcome.result else { continue };
        for draft in drafts.iter().filter(|it| is_about(it, peer.about)) {
            let it = &draft.object;
            let mine = |name: &String| {
                // Objects of the whole cluster have no namespace, whatever is written.
                let mut pieces = name.splitn(3, '.');
                let (kind, ns, name) = (pieces.next(), pieces.next(), pieces.next());
                kind == Some(it.kind.as_str()) && name == Some(it.name.as_str()) && it.namespace.as_deref().is_none_or(|it| Some(it) == ns)
            };
            let is_wanted = only.is_empty() || only.iter().any(mine);
            if is_wanted {
                // Equal names are frequent in test data: the place tells the objects apart.
                let place = draft.origin.map_or((0, 0, None), |it| (it.file, it.offset, it.item));
                found.insert(format!("{it} {place:?}"));
            }
        }
    }
    Ok(found)
}

/// Whether the finding, or one merged into it, is about what the peer's check is about.
fn is_about(it: &Draft, words: &[&str]) -> bool {
    let places = std::iter::once(&it.path).chain(it.related.iter().map(|it| &it.path)).map(ToString::to_string);
    let texts: Vec<String> = places.chain(it.evidence.iter().cloned()).chain([it.message.clone()]).collect();
    words.is_empty() || words.iter().any(|word| texts.iter().any(|it| it.contains(word)))
}

/// Whether any pod of the case's files breaks a level of the Pod Security Standards.
pub fn breaks(folder: &Path, case: &Case) -> Result<bool> {
    let level = if case.check == "restricted" { Level::Restricted } else { Level::Baseline };
    let files: Vec<&str> = case.files.iter().map(String::as_str).collect();
    let snapshot = read(folder, &files)?;
    anyhow::ensure!(!snapshot.cluster.workloads.is_empty(), "{}: no pod", case.name());
    Ok(snapshot.cluster.workloads.iter().any(|it| !violations(&it.it.template, level).is_empty()))
}

/// Reads a case's files as manifests.
pub fn read(folder: &Path, files: &[&str]) -> Result<Snapshot> {
    let mut snapshot = Snapshot::empty(Scope::Manifests, NOW.parse()?);
    let settings = Settings::default();
    let mut options = Options::new(settings.target);
    let mut whole = Part::default();
    for (id, file) in files.iter().enumerate() {
        let text = std::fs::read_to_string(folder.join(file)).with_context(|| (*file).to_owned())?;
        options.learn(&text);
        let file = FileRef { id: u32::try_from(id)?, path: file };
        snapshot.files.push(SourceFile { path: file.path.to_owned(), rendered_from: None });
        let mut part = Part::default();
        if text.trim_start().starts_with(['{', '[']) {
            let read = read_json(file, text.as_bytes(), &options, &mut part)?;
            if read.is_err() {
                part = read_yaml(file, &text, &options);
            }
        } else {
            part = read_yaml(file, &text, &options);
        }
        whole.append(part);
    }
    whole.into_snapshot(&mut snapshot);
    Ok(snapshot)
}
