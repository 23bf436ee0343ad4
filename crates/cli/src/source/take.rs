//! What a renderer wrote, taken as the files that it was made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use seatrial_manifest::read::{FileRef, Options, Part, ignores_in, read_documents};
use seatrial_manifest::split::documents;
use seatrial_model::{InlineIgnore, RenderedFrom, SourceFile};

use super::rendered::{Back, Rendered};
use crate::texts::{Text, Texts};
use crate::traced;

/// Reads rendered text; each document belongs to the file that it comes from.
pub fn rendered(rendered: Rendered, texts: &mut Texts, options: &Options) -> Part {
    let mut names: Vec<String> = Vec::new();
    for chunk in documents(&rendered.text) {
        names.push(rendered.file_of(&chunk, names.last().map(String::as_str)));
    }
    let rendered = Arc::new(rendered);
    let mut ids: BTreeMap<&str, u32> = BTreeMap::new();
    for name in &names {
        ids.entry(name).or_insert_with(|| add(name, &rendered, texts));
    }
    let file_of = |document: u32| names.get(document as usize).map_or("", String::as_str);
    let mut part = read_documents(&rendered.text, options, |chunk| {
        let path = file_of(chunk.document);
        FileRef { id: ids.get(path).copied().unwrap_or(0), path }
    });
    part.tally.files = ids.len() as u64;
    for it in &mut part.unread {
        it.reason = format!("{} (line {} of what {} makes of {})", it.reason, it.line, rendered.tool, rendered.root);
        (it.line, it.column) = (0, 0);
    }
    part.ignores = match rendered.back {
        Back::Helm { .. } => traced::ignores_in_templates(&rendered, &names, std::mem::take(&mut part.ignores)),
        Back::Kustomize { .. } => ignores_in_sources(&rendered, &ids, texts),
    };
    part
}

fn add(name: &str, rendered: &Arc<Rendered>, texts: &mut Texts) -> u32 {
    let from = RenderedFrom { tool: rendered.tool.to_owned(), root: rendered.root.clone() };
    texts.add(SourceFile { path: name.to_owned(), rendered_from: Some(from) }, Text::Rendered(Arc::clone(rendered)))
}

/// Kustomize drops comments: those of resources and patches are read where they stand.
fn ignores_in_sources(rendered: &Arc<Rendered>, ids: &BTreeMap<&str, u32>, texts: &mut Texts) -> Vec<InlineIgnore> {
    let mut found = Vec::new();
    for (path, text) in rendered.sources.iter().filter(|it| it.1.contains("seatrial: ignore[")) {
        let id = ids.get(path.as_str()).copied().unwrap_or_else(|| add(path, rendered, texts));
        found.extend(ignores_in(FileRef { id, path }, text));
    }
    found
}

/// Two roots may share a source: each suppression counts once.
pub fn drop_repeated_ignores(part: &mut Part, texts: &Texts) {
    let mut seen = BTreeSet::new();
    part.ignores.retain(|it| {
        let Some(file) = texts.file(it.file).filter(|it| it.rendered_from.is_some()) else { return true };
        seen.insert((file.path.clone(), it.line, it.checks.clone()))
    });
}
