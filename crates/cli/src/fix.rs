//! `--fix`: the edits of all findings, file by file; what cannot be edited is said, never half done.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use seatrial_check::Proposal;
use seatrial_manifest::edit::{self, Created, Placement};
use seatrial_model::{Change, Edit};

use crate::error::Error;
use crate::source::kustomization_in;
use crate::texts::Texts;

/// New texts of files, ready to be written.
#[derive(Default)]
pub struct Fixed {
    files: BTreeMap<String, Rewrite>,
    /// Findings that are mended.
    mended: usize,
    /// Why others are not.
    refused: Vec<String>,
}

/// A file's text before and after; empty before for a new file.
struct Rewrite {
    before: String,
    after: String,
}

/// Applies what the findings propose to the texts they were found in.
pub fn plan(texts: &Texts, proposals: Vec<Proposal>) -> Fixed {
    let mut fixed = Fixed::default();
    let mut by_file: BTreeMap<u32, Vec<Proposal>> = BTreeMap::new();
    for it in proposals {
        // A repair stays within one file: its edits are all of the object the finding sits on, or create objects beside it.
        if let Some(file) = it.edits.first().map(|it| it.origin.file) {
            by_file.entry(file).or_default().push(it);
        }
    }
    for (file, proposals) in by_file {
        fixed.plan_file(texts, file, proposals);
    }
    fixed
}

impl Fixed {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn plan_file(&mut self, texts: &Texts, file: u32, mut proposals: Vec<Proposal>) {
        let Some(source) = texts.file(file) else { return };
        let path = source.path.clone();
        let count = proposals.len();
        if let Some(it) = &source.rendered_from {
            self.refused.push(format!("{count} findings in {path}: rendered by {} from {}; change the source of the render", it.tool, it.root));
            return;
        }
        let Some(before) = texts.kept(file) else {
            self.refused.push(format!("{count} findings in {path}: a dump is not edited; fix the manifests it was applied from"));
            return;
        };
        let folder = Path::new(&path).parent().map(Path::to_owned).unwrap_or_default();
        let root = kustomization_in(if folder.as_os_str().is_empty() { Path::new(".") } else { &folder });
        let placement = if root.is_some() { Placement::Separate } else { Placement::SameFile };
        while !proposals.is_empty() {
            let edits: Vec<Edit> = proposals.iter().flat_map(|it| it.edits.iter().cloned()).collect();
            match edit::apply(before, &edits, placement) {
                Ok(it) => {
                    self.mended += proposals.len();
                    self.keep(&path, before, it.text);
                    self.create(&folder, root.as_deref(), it.created);
                    return;
                }
                Err(error) => {
                    let at = owner(&proposals, error.edit);
                    let it = proposals.remove(at);
                    self.refused.push(format!("{} in {path}: {error}", it.check));
                }
            }
        }
    }

    fn keep(&mut self, path: &str, before: &str, after: String) {
        if before != after {
            let before = self.files.get(path).map_or_else(|| before.to_owned(), |it| it.before.clone());
            self.files.insert(path.to_owned(), Rewrite { before, after });
        }
    }

    /// Objects of a Kustomize root go into files of their own, which the root then lists.
    fn create(&mut self, folder: &Path, root: Option<&Path>, created: Vec<Created>) {
        for it in created {
            let path = free_name(folder, &it.name);
            let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
            self.files.insert(path.display().to_string(), Rewrite { before: String::new(), after: it.yaml });
            if let Some(root) = root {
                self.list(root, &name);
            }
        }
    }

    fn list(&mut self, root: &Path, name: &str) {
        let path = root.display().to_string();
        let text = self.files.get(&path).map(|it| it.after.clone()).or_else(|| std::fs::read_to_string(root).ok());
        let Some(text) = text else { return };
        let chunks = seatrial_manifest::split::documents(&text);
        let Some(origin) = chunks.first().map(|it| it.origin(0)) else { return };
        let edit = Edit { origin, change: Change::Append { path: "resources".into(), yaml: name.to_owned() } };
        match edit::apply(&text, &[edit], Placement::SameFile) {
            Ok(it) => self.keep(&path, &text, it.text),
            Err(error) => self.refused.push(format!("{path}: {name} is not listed: {error}")),
        }
    }

    /// The changes as a patch for `git apply`. Patches are pasted into reviews: what would show a secret is left out, and said.
    pub fn print_patch(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let mut left_out = Vec::new();
        for (path, it) in &self.files {
            let patch = edit::patch(path, &it.before, &it.after);
            out.write_all(patch.text.as_bytes())?;
            if patch.left_out > 0 {
                left_out.push(format!("{} changes of {path}", patch.left_out));
            }
        }
        out.flush()?;
        self.say();
        for it in left_out {
            anstream::eprintln!("not shown: {it} stand next to a secret; --fix makes them");
        }
        Ok(())
    }

    /// Writes every file, each as a whole or not at all.
    pub fn write(&self) -> Result<(), Error> {
        for (path, it) in &self.files {
            let path = PathBuf::from(path);
            let fail = |source| Error::Write { path: path.clone(), source };
            // Through symbolic links, so that the link stays one.
            let target = path.canonicalize().unwrap_or_else(|_| path.clone());
            let beside = target.with_extension("seatrial-new");
            std::fs::write(&beside, &it.after).map_err(fail)?;
            if let Ok(meta) = std::fs::metadata(&target) {
                std::fs::set_permissions(&beside, meta.permissions()).map_err(fail)?;
            }
            std::fs::rename(&beside, &target).map_err(fail)?;
        }
        self.say();
        Ok(())
    }

    fn say(&self) {
        anstream::eprintln!("{} findings mended in {} files", self.mended, self.files.len());
        for it in &self.refused {
            anstream::eprintln!("not mended: {it}");
        }
    }
}

/// Which proposal the edit of this number belongs to.
fn owner(proposals: &[Proposal], edit: usize) -> usize {
    let mut before = 0;
    for (at, it) in proposals.iter().enumerate() {
        before += it.edits.len();
        if edit < before {
            return at;
        }
    }
    proposals.len() - 1
}

/// A file name that is not taken.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let mut path = folder.join(format!("{name}.yaml"));
    let mut n = 2;
    while path.exists() {
        path = folder.join(format!("{name}-{n}.yaml"));
        n += 1;
    }
    path
}
